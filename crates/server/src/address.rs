//! Whose address a request comes from.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of the client, as far as it can be believed. In every request's extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// The peer's address, or the one that a trusted proxy forwards for: the
    /// last that is not itself a trusted proxy. What stands before it may be
    /// the client's invention.
    pub fn of(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> Self {
        let peer = peer.to_canonical();
        if !trusted.contains(&peer) {
            return Self(peer);
        }
        let forwarded: Vec<IpAddr> = headers
            .get_all(FORWARDED_FOR)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map_while(|part| part.trim().parse::<IpAddr>().ok())
            .map(|address| address.to_canonical())
            .collect();
        let client = forwarded.into_iter().rev().find(|address| !trusted.contains(address));
        Self(client.unwrap_or(peer))
    }

    /// What is counted together: an IPv4 address, or the /64 of an IPv6 one,
    /// which is what one customer has.
    pub fn network(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(address) => {
                let network = u128::from(address) >> 64 << 64;
                IpAddr::V6(network.into())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forwarded(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        headers
    }

    fn of(peer: &str, headers: &HeaderMap, trusted: &[&str]) -> String {
        let trusted: Vec<IpAddr> = trusted.iter().map(|one| one.parse().unwrap()).collect();
        ClientAddress::of(peer.parse().unwrap(), headers, &trusted).0.to_string()
    }

    #[test]
    fn a_stranger_is_not_believed() {
        assert_eq!(of("198.51.100.7", &forwarded(&["192.0.2.1"]), &["10.0.0.1"]), "198.51.100.7");
    }

    #[test]
    fn a_trusted_proxy_is_believed_for_the_last_hop_only() {
        let headers = forwarded(&["203.0.113.9, 192.0.2.1", "10.0.0.2"]);
        assert_eq!(of("10.0.0.1", &headers, &["10.0.0.1", "10.0.0.2"]), "192.0.2.1");
        assert_eq!(of("::ffff:10.0.0.1", &headers, &["10.0.0.1", "10.0.0.2"]), "192.0.2.1");
        assert_eq!(of("10.0.0.1", &forwarded(&["nonsense"]), &["10.0.0.1"]), "10.0.0.1");
    }

    #[test]
    fn a_customer_has_a_network() {
        let address = ClientAddress("2001:db8:1:2:3:4:5:6".parse().unwrap());
        assert_eq!(address.network().to_string(), "2001:db8:1:2::");
    }
}
