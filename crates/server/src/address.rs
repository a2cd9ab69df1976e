//! Whose address a request comes from.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of the client, as far as it can be believed: the peer's, or the
/// one that a trusted proxy forwards for, which is the last that is not itself
/// a trusted proxy. What stands before it may be the client's invention.
pub(crate) fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let peer = peer.to_canonical();
    if !trusted.contains(&peer) {
        return peer;
    }
    // From the near end on: each hop adds its peer at the far right.
    let values = headers.get_all(FORWARDED_FOR).iter().rev();
    for hop in values.flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b',')) {
        match parse(hop) {
            Some(address) if trusted.contains(&address) => {}
            Some(address) => return address,
            None => break,
        }
    }
    peer
}

fn parse(hop: &[u8]) -> Option<IpAddr> {
    let address: IpAddr = std::str::from_utf8(hop).ok()?.trim().parse().ok()?;
    Some(address.to_canonical())
}

/// What is counted together: an IPv4 address, or the /64 of an IPv6 one, which
/// is what one customer has.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) >> 64 << 64).into()),
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
        client_address(peer.parse().unwrap(), headers, &trusted).to_string()
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
    fn nonsense_does_not_hide_what_a_proxy_adds_after_it() {
        for invented in ["nonsense", "203.0.113.9, nonsense", "203.0.113.9, ", "203.0.113.9, é"] {
            let one = forwarded(&[&format!("{invented}, 192.0.2.1")]);
            assert_eq!(of("10.0.0.1", &one, &["10.0.0.1"]), "192.0.2.1", "{invented}");
            let two = forwarded(&[invented, "192.0.2.1"]);
            assert_eq!(of("10.0.0.1", &two, &["10.0.0.1"]), "192.0.2.1", "{invented}");
        }
    }

    #[test]
    fn a_customer_has_a_network() {
        let address = "2001:db8:1:2:3:4:5:6".parse().unwrap();
        assert_eq!(network(address).to_string(), "2001:db8:1:2::");
    }
}
