//! Which addresses may be connected to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::network::{Network, PRIVATE};

/// How far an address is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Never connected to.
    Refused,
    /// Over TLS.
    Encrypted,
    /// Over plain HTTP, too.
    Plain,
}

/// Says which addresses may be connected to.
pub trait Guard: Send + Sync + 'static {
    /// How far this address is trusted.
    fn trust(&self, address: IpAddr) -> Trust;
}

/// The guard of every server: all of the Internet over TLS, and of private
/// networks what the operator allowed. Loopback, link-local, multicast and
/// unspecified addresses and those where clouds tell their secrets are refused
/// whatever he allowed.
#[derive(Debug, Clone, Default)]
pub struct Outside {
    allowed: Vec<Network>,
}

impl Outside {
    /// The guard that also lets through to these private networks.
    pub fn new(allowed: Vec<Network>) -> Self {
        Self { allowed }
    }
}

impl Guard for Outside {
    fn trust(&self, address: IpAddr) -> Trust {
        let Some(address) = plain(address) else { return Trust::Refused };
        if SECRETS.contains(&address) {
            Trust::Refused
        } else if PRIVATE.iter().any(|range| range.contains(address)) {
            let allowed = self.allowed.iter().any(|range| range.contains(address));
            if allowed { Trust::Plain } else { Trust::Refused }
        } else if special(address) {
            Trust::Refused
        } else {
            Trust::Encrypted
        }
    }
}

/// Where clouds tell their machines secrets, beyond the link-local addresses.
const SECRETS: [IpAddr; 3] = [
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
];

/// Ranges of IPv4 that are not of the Internet, or not of one host.
const SPECIAL_V4: [Network; 11] = [
    Network::v4([0, 0, 0, 0], 8),
    Network::v4([127, 0, 0, 0], 8),
    Network::v4([169, 254, 0, 0], 16),
    Network::v4([192, 0, 0, 0], 24),
    Network::v4([192, 0, 2, 0], 24),
    Network::v4([192, 88, 99, 0], 24),
    Network::v4([198, 18, 0, 0], 15),
    Network::v4([198, 51, 100, 0], 24),
    Network::v4([203, 0, 113, 0], 24),
    // Multicast, and all above it: reserved, and the broadcast.
    Network::v4([224, 0, 0, 0], 4),
    Network::v4([240, 0, 0, 0], 4),
];

/// The part of IPv6 whose addresses are of the Internet.
const GLOBAL_V6: Network = Network::v6([0x2000, 0], 3);
/// Ranges of it that are not: tunnels, which hide another address, protocols'
/// own and documentation's.
const SPECIAL_V6: [Network; 4] = [
    Network::v6([0x2001, 0], 23),
    Network::v6([0x2001, 0xdb8], 32),
    Network::v6([0x2002, 0], 16),
    Network::v6([0x3fff, 0], 20),
];

fn special(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(_) => SPECIAL_V4.iter().any(|range| range.contains(address)),
        IpAddr::V6(_) => {
            !GLOBAL_V6.contains(address) || SPECIAL_V6.iter().any(|range| range.contains(address))
        }
    }
}

/// The address that is reached by this one: that of IPv4 where it is mapped
/// (`::ffff:…`) or translated (`64:ff9b::…`). `None` where a network of the
/// operator's own translates, by rules that nobody else knows.
fn plain(address: IpAddr) -> Option<IpAddr> {
    let IpAddr::V6(six) = address else { return Some(address) };
    match six.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            let bits = u32::from(high) << 16 | u32::from(low);
            Some(Ipv4Addr::from_bits(bits).into())
        }
        [0x64, 0xff9b, ..] => None,
        _ => Some(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trust(allowed: &[&str], address: &str) -> Trust {
        let allowed = allowed.iter().map(|range| range.parse().unwrap()).collect();
        Outside::new(allowed).trust(address.parse().unwrap())
    }

    #[test]
    fn the_internet_is_reached_over_tls() {
        for address in ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00::1"] {
            assert_eq!(trust(&[], address), Trust::Encrypted, "{address}");
        }
        assert_eq!(trust(&[], "::ffff:1.1.1.1"), Trust::Encrypted);
        assert_eq!(trust(&[], "64:ff9b::1.1.1.1"), Trust::Encrypted);
    }

    #[test]
    fn private_networks_are_reached_where_they_are_allowed() {
        for address in
            ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "fd12::1"]
        {
            assert_eq!(trust(&[], address), Trust::Refused, "{address}");
            assert_eq!(trust(&[address], address), Trust::Plain, "{address}");
        }
        for hidden in ["::ffff:10.0.0.1", "64:ff9b::10.0.0.1"] {
            assert_eq!(trust(&[], hidden), Trust::Refused, "{hidden}");
            assert_eq!(trust(&["10.0.0.0/8"], hidden), Trust::Plain, "{hidden}");
        }
        assert_eq!(trust(&["10.0.0.0/16"], "10.1.0.1"), Trust::Refused);
    }

    #[test]
    fn some_addresses_are_refused_whatever_is_allowed() {
        let all = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"];
        for address in [
            "127.0.0.1",
            "127.255.255.254",
            "0.0.0.0",
            "0.1.2.3",
            "169.254.169.254",
            "100.100.100.200",
            "192.0.0.192",
            "fd00:ec2::254",
            "192.0.2.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:0.0.0.0",
            "64:ff9b::127.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::10.0.0.1",
            "64:ff9b:1::1.1.1.1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2002:a00:1::1",
            "3fff::1",
            "100::1",
            "4000::1",
        ] {
            assert_eq!(trust(&all, address), Trust::Refused, "{address}");
        }
    }
}
