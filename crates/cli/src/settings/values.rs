//! Values as they are written. Each error says how to write it.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use aizuchi_identity::{OAuthClient, settings::InvalidClient};
use aizuchi_outbound::{InvalidNetwork, Network};
use clap::ValueEnum;
use url::Url;

/// A value that cannot be one, in words that say what would be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Invalid {
    #[error("write an address and a port, as in 127.0.0.1:8080 or [::]:8080")]
    SocketAddress,
    #[error("write an IP address, as in 10.0.0.1 or fd00::1")]
    IpAddress,
    #[error("write a URL without a path, as in https://chat.example.org")]
    PublicUrl,
    #[error("write an origin without a path, as in https://www.example.org")]
    Origin,
    #[error("write a URL, as in https://id.example.org/realm")]
    WebUrl,
    #[error("write mailto: and an e-mail address, or an https URL, as in mailto:chat@example.org")]
    Contact,
    #[error("{0}")]
    Network(InvalidNetwork),
    #[error("write a name, as in chat.example.org")]
    Domain,
    #[error("write an e-mail address, as in chat@example.org")]
    Email,
    #[error("write a client's id and a redirect URI, as in web=https://www.example.org/signed-in")]
    ClientUri,
    #[error("{0}, as in web=https://www.example.org/signed-in")]
    Client(InvalidClient),
    #[error("write a number and a unit, as in 30s, 10m, 2h or 30d, from {least} to {most}")]
    Time { least: Time, most: Time },
    #[error("write a number and a unit, as in 500KiB, 25MiB or 2GiB, from {least} to {most}")]
    Size { least: Size, most: Size },
}

/// A size as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size(u64);

/// Units of size, the largest first, in bytes.
const SIZES: [(&str, u64); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = SIZES.into_iter().find(|(_, bytes)| self.0.is_multiple_of(*bytes));
        let (unit, bytes) = whole.unwrap_or(("KiB", 1 << 10));
        write!(f, "{}{unit}", self.0 / bytes)
    }
}

/// A time as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Time(u64);

/// Units of time, the largest first, in seconds.
const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = UNITS.into_iter().find(|(_, seconds)| self.0.is_multiple_of(*seconds));
        let (unit, seconds) = whole.unwrap_or(('s', 1));
        write!(f, "{}{unit}", self.0 / seconds)
    }
}

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OnOff {
    /// Yes.
    On,
    /// No.
    Off,
}

impl OnOff {
    /// Whether it is on.
    pub fn is_on(self) -> bool {
        self == Self::On
    }
}

/// A client's id and a URI that people may be sent back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientUri {
    pub(super) id: String,
    pub(super) uri: String,
}

pub(super) fn socket_address(text: &str) -> Result<SocketAddr, Invalid> {
    text.parse().map_err(|_| Invalid::SocketAddress)
}

pub(super) fn ip_address(text: &str) -> Result<IpAddr, Invalid> {
    text.parse().map_err(|_| Invalid::IpAddress)
}

pub(super) fn web_url(text: &str) -> Result<Url, Invalid> {
    let url = Url::parse(text).map_err(|_| Invalid::WebUrl)?;
    let web = matches!(url.scheme(), "http" | "https") && url.has_host();
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    if web && plain { Ok(url) } else { Err(Invalid::WebUrl) }
}

/// As it is written: tokens have to say exactly the same.
pub(super) fn issuer(text: &str) -> Result<String, Invalid> {
    web_url(text).map(|_| text.to_owned())
}

pub(super) fn public_url(text: &str) -> Result<Url, Invalid> {
    let url = web_url(text).map_err(|_| Invalid::PublicUrl)?;
    if url.path() == "/" && url.query().is_none() { Ok(url) } else { Err(Invalid::PublicUrl) }
}

pub(super) fn origin(text: &str) -> Result<String, Invalid> {
    let url = public_url(text).map_err(|_| Invalid::Origin)?;
    Ok(url.origin().ascii_serialization())
}

pub(super) fn contact(text: &str) -> Result<String, Invalid> {
    let good = match text.strip_prefix("mailto:") {
        Some(address) => email(address).is_ok(),
        None => web_url(text).is_ok_and(|url| url.scheme() == "https"),
    };
    good.then(|| text.to_owned()).ok_or(Invalid::Contact)
}

pub(super) fn network(text: &str) -> Result<Network, Invalid> {
    text.parse().map_err(Invalid::Network)
}

pub(super) fn domain(text: &str) -> Result<String, Invalid> {
    match url::Host::parse(text) {
        Ok(url::Host::Domain(domain)) if domain.contains('.') => Ok(domain),
        _ => Err(Invalid::Domain),
    }
}

pub(super) fn email(text: &str) -> Result<String, Invalid> {
    let address = text.strip_prefix("mailto:").unwrap_or(text);
    match address.split_once('@') {
        Some((name, host)) if !name.is_empty() && !host.is_empty() => Ok(address.to_owned()),
        _ => Err(Invalid::Email),
    }
}

pub(super) fn client_uri(text: &str) -> Result<ClientUri, Invalid> {
    let (id, uri) = text.split_once('=').ok_or(Invalid::ClientUri)?;
    OAuthClient::new(id, uri, false).map_err(Invalid::Client)?;
    Ok(ClientUri { id: id.to_owned(), uri: uri.to_owned() })
}

/// A time from `LEAST` to `MOST` seconds.
pub(super) fn time<const LEAST: u64, const MOST: u64>(text: &str) -> Result<Duration, Invalid> {
    let seconds = UNITS.into_iter().find_map(|(unit, seconds)| {
        text.strip_suffix(unit)?.trim_end().parse::<u64>().ok()?.checked_mul(seconds)
    });
    match seconds {
        Some(seconds) if (LEAST..=MOST).contains(&seconds) => Ok(Duration::from_secs(seconds)),
        _ => Err(Invalid::Time { least: Time(LEAST), most: Time(MOST) }),
    }
}

/// A size from `LEAST` to `MOST` bytes.
/// How long a bot's key is good.
pub(crate) fn key_lifetime(text: &str) -> Result<Duration, Invalid> {
    const MINUTE: u64 = 60;
    const TEN_YEARS: u64 = 3_650 * 24 * 60 * MINUTE;
    time::<MINUTE, TEN_YEARS>(text)
}

pub(super) fn size<const LEAST: u64, const MOST: u64>(text: &str) -> Result<u64, Invalid> {
    let bytes = SIZES.into_iter().find_map(|(unit, bytes)| {
        text.strip_suffix(unit)?.trim_end().parse::<u64>().ok()?.checked_mul(bytes)
    });
    match bytes {
        Some(bytes) if (LEAST..=MOST).contains(&bytes) => Ok(bytes),
        _ => Err(Invalid::Size { least: Size(LEAST), most: Size(MOST) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_a_unit_and_limits() {
        let read = size::<1024, { 1 << 30 }>;
        assert_eq!(read("1KiB"), Ok(1024));
        assert_eq!(read("25 MiB"), Ok(25 << 20));
        for wrong in ["", "25", "25MB", "-1MiB", "0KiB", "2GiB", "99999999999999999999KiB"] {
            let error = read(wrong).expect_err(wrong).to_string();
            assert!(error.ends_with("from 1KiB to 1GiB"), "{error}");
        }
    }

    #[test]
    fn times_have_a_unit_and_limits() {
        let read = time::<60, 86_400>;
        assert_eq!(read("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(read("2h"), Ok(Duration::from_secs(7_200)));
        assert_eq!(read("1d"), Ok(Duration::from_secs(86_400)));
        for wrong in ["", "90", "s", "-1m", "1.5h", "59s", "2d", "99999999999999999999d", "1w"] {
            let error = read(wrong).expect_err(wrong).to_string();
            assert!(error.ends_with("from 1m to 1d"), "{error}");
        }
    }

    #[test]
    fn a_public_url_is_an_origin() {
        for right in ["http://127.0.0.1:8080", "https://chat.example.org", "https://a.b/"] {
            assert!(public_url(right).is_ok(), "{right}");
        }
        for wrong in [
            "chat.example.org",
            "https://a.b/chat",
            "https://a.b/?x",
            "ftp://a.b",
            "https://u:p@a.b",
        ] {
            assert_eq!(public_url(wrong), Err(Invalid::PublicUrl), "{wrong}");
        }
        assert_eq!(origin("HTTPS://A.example:443/").as_deref(), Ok("https://a.example"));
    }
}
