//! From where a request comes, in words by which its sender knows his devices:
//! never the raw header, and never a whole address.

use std::{convert::Infallible, net::IpAddr, sync::Arc};

use aizuchi_core::accounts::{DEVICE_BYTES, PLACE_BYTES, Whereabouts};
use axum::extract::FromRequestParts;
use http::{HeaderMap, header::USER_AGENT, request::Parts};

use super::rate::ClientAddress;

/// A mark in the header, and what has it. The first that fits: most browsers
/// bear the marks of others too.
const BROWSERS: [(&str, &str); 12] = [
    ("aizuchi", "Aizuchi"),
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// The same for systems.
const SYSTEMS: [(&str, &str); 9] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Mac OS X", "macOS"),
    ("FreeBSD", "FreeBSD"),
    ("Linux", "Linux"),
];

/// Bytes of the header that are looked at.
const HEADER_BYTES: usize = 1_024;

/// Where a request comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct CalledFrom(pub(crate) Whereabouts);

impl<S: Sync> FromRequestParts<S> for CalledFrom {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let address = parts.extensions.get::<ClientAddress>();
        let place = address.and_then(|ClientAddress(address)| place(*address));
        Ok(Self(Whereabouts { device: device(&parts.headers), place }))
    }
}

/// Browser and system, as far as they are known.
fn device(headers: &HeaderMap) -> Option<Arc<str>> {
    let agent = headers.get(USER_AGENT)?.to_str().ok()?;
    // ASCII, so that every byte is a boundary.
    let agent = agent.get(..agent.len().min(HEADER_BYTES))?;
    let find = |table: &[(&str, &'static str)]| {
        table.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    let device: Arc<str> = match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser}, {system}").into(),
        (Some(one), None) | (None, Some(one)) => Arc::from(one),
        (None, None) => return None,
    };
    debug_assert!(device.len() <= DEVICE_BYTES);
    Some(device)
}

/// The network: a /24 of IPv4, a /48 of IPv6.
fn place(address: IpAddr) -> Option<Arc<str>> {
    let address = address.to_canonical();
    if address.is_unspecified() {
        return None;
    }
    let place: Arc<str> = match address {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24").into()
        }
        IpAddr::V6(address) => {
            let network = u128::from(address) >> 80 << 80;
            format!("{}/48", std::net::Ipv6Addr::from(network)).into()
        }
    };
    debug_assert!(place.len() <= PLACE_BYTES);
    Some(place)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn device_of(agent: &str) -> Option<Arc<str>> {
        let header = HeaderValue::from_bytes(agent.as_bytes()).unwrap();
        device(&HeaderMap::from_iter([(USER_AGENT, header)]))
    }

    #[test]
    fn a_device_is_browser_and_system() {
        for (agent, device) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox, Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36 Edg/138.0",
                "Edge, Windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36",
                "Chrome, Android",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
                "Safari, iPhone",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
                "Safari, macOS",
            ),
            ("aizuchi/0.1 (Linux)", "Aizuchi, Linux"),
            ("curl/8.5.0 (Linux)", "Linux"),
            ("Firefox/1", "Firefox"),
        ] {
            assert_eq!(device_of(agent).as_deref(), Some(device), "{agent}");
        }
        for unknown in ["", "curl/8.5.0", "<script>alert(1)</script>", "ブラウザ"] {
            assert_eq!(device_of(unknown), None, "{unknown}");
        }
        let far = format!("{}Firefox/1", "x".repeat(HEADER_BYTES));
        assert_eq!(device_of(&far), None);
    }

    #[test]
    fn every_device_is_short() {
        let longest = |table: &[(&str, &str)]| table.iter().map(|(_, name)| name.len()).max();
        let most = longest(&BROWSERS).unwrap() + longest(&SYSTEMS).unwrap() + 2;
        assert!(most <= DEVICE_BYTES);
    }

    #[test]
    fn a_place_is_a_network_and_no_address() {
        let place = |address: &str| place(address.parse().unwrap());
        assert_eq!(place("203.0.113.77").as_deref(), Some("203.0.113.0/24"));
        assert_eq!(place("::ffff:203.0.113.77").as_deref(), Some("203.0.113.0/24"));
        assert_eq!(place("2001:db8:aaaa:bbbb:1:2:3:4").as_deref(), Some("2001:db8:aaaa::/48"));
        assert_eq!(place("0.0.0.0"), None);
        let longest = place("fedc:ba98:7654:3210:fedc:ba98:7654:3210").unwrap();
        assert!(longest.len() <= PLACE_BYTES, "{longest}");
    }
}
