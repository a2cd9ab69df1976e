//! A range of private addresses, as an operator writes it.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

/// A range of private addresses: `10.1.0.0/16`, `fd12:3456::/32`, `192.168.0.7`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    /// Its first address.
    first: IpAddr,
    /// How many leading bits its addresses share.
    bits: u8,
}

/// A text that is no range of private addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidNetwork {
    /// It is no range at all.
    #[error("write a range of addresses, as in 10.1.0.0/16, fd12:3456::/32 or 192.168.0.7")]
    Form,
    /// It is one whose addresses are refused, or reached, whatever is allowed.
    #[error(
        "only private addresses can be allowed: those of 10.0.0.0/8, 172.16.0.0/12, \
         192.168.0.0/16, 100.64.0.0/10 and fc00::/7"
    )]
    NotPrivate,
}

/// The ranges that an operator may allow parts of.
pub(crate) const PRIVATE: [Network; 5] = [
    Network::v4([10, 0, 0, 0], 8),
    Network::v4([172, 16, 0, 0], 12),
    Network::v4([192, 168, 0, 0], 16),
    Network::v4([100, 64, 0, 0], 10),
    Network::v6([0xfc00, 0], 7),
];

impl Network {
    pub(crate) const fn v4([a, b, c, d]: [u8; 4], bits: u8) -> Self {
        Self { first: IpAddr::V4(Ipv4Addr::new(a, b, c, d)), bits }
    }

    pub(crate) const fn v6([a, b]: [u16; 2], bits: u8) -> Self {
        Self { first: IpAddr::V6(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0)), bits }
    }

    /// Whether an address is in it. An IPv4 address is in no range of IPv6.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.first, address) {
            (IpAddr::V4(first), IpAddr::V4(address)) => {
                same(first.to_bits().into(), address.to_bits().into(), 32, self.bits)
            }
            (IpAddr::V6(first), IpAddr::V6(address)) => {
                same(first.to_bits(), address.to_bits(), 128, self.bits)
            }
            _ => false,
        }
    }
}

/// Whether two addresses of so many bits share the leading ones.
fn same(one: u128, other: u128, width: u32, bits: u8) -> bool {
    let rest = width.saturating_sub(bits.into());
    (one ^ other).checked_shr(rest).unwrap_or(0) == 0
}

impl FromStr for Network {
    type Err = InvalidNetwork;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (first, bits) = match text.split_once('/') {
            Some((first, bits)) => (first, Some(bits)),
            None => (text, None),
        };
        let first: IpAddr = first.parse().map_err(|_| InvalidNetwork::Form)?;
        let width = if first.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(width), str::parse).map_err(|_| InvalidNetwork::Form)?;
        if bits > width {
            return Err(InvalidNetwork::Form);
        }
        let within = PRIVATE.iter().any(|all| all.bits <= bits && all.contains(first));
        if within { Ok(Self { first, bits }) } else { Err(InvalidNetwork::NotPrivate) }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_its_addresses_and_no_others() {
        let network: Network = "10.1.0.0/16".parse().unwrap();
        assert_eq!(network.to_string(), "10.1.0.0/16");
        for (address, within) in [
            ("10.1.0.0", true),
            ("10.1.255.255", true),
            ("10.2.0.0", false),
            ("11.1.0.0", false),
            ("::ffff:10.1.0.0", false),
        ] {
            assert_eq!(network.contains(address.parse().unwrap()), within, "{address}");
        }
        let one: Network = "192.168.0.7".parse().unwrap();
        assert!(one.contains("192.168.0.7".parse().unwrap()));
        assert!(!one.contains("192.168.0.6".parse().unwrap()));
        let six: Network = "fd12:3456::/32".parse().unwrap();
        assert!(six.contains("fd12:3456:ffff::1".parse().unwrap()));
        assert!(!six.contains("fd12:3457::1".parse().unwrap()));
    }

    #[test]
    fn only_private_ranges_are_ranges() {
        for text in
            ["", "10.0.0.0/33", "10.0.0/8", "fd00::/129", "10.0.0.0/-1", "host", "10.0.0.0/"]
        {
            assert_eq!(text.parse::<Network>(), Err(InvalidNetwork::Form), "{text}");
        }
        for text in [
            "0.0.0.0/0",
            "10.0.0.0/7",
            "127.0.0.1",
            "169.254.0.0/16",
            "8.8.8.8",
            "::/0",
            "::1",
            "fe80::/10",
            "2000::/3",
            "fc00::/6",
        ] {
            assert_eq!(text.parse::<Network>(), Err(InvalidNetwork::NotPrivate), "{text}");
        }
    }
}
