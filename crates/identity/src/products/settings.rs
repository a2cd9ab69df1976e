//! A product as an operator writes it down, in one line.

use std::{path::PathBuf, str::FromStr, time::Duration};

use url::Url;

/// How long a product's token may live unless its operator says otherwise.
const MAX_LIFE: Duration = Duration::from_secs(60 * 60);
/// The longest that he may say.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
/// Longest issuer and audience, in bytes.
const TEXT_BYTES: usize = 256;
/// Longest name of a product, in bytes; with a colon it is part of every id.
const NAME_BYTES: usize = 32;

/// Where a product's public keys are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeysAt {
    /// At an address, as a JWKS; fetched again as they change.
    Url(Url),
    /// In a file: PEM, JWK or JWKS; read at the start.
    File(PathBuf),
    /// Here: one key, as the line between the first and the last of its PEM.
    Inline(String),
}

/// A product that is trusted with its own users.
///
/// Written `name=shop,issuer=https://shop.example.org,audience=chat,keys=/etc/aizuchi/shop.pem`
/// and, where wanted, `max-life=15m`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductSettings {
    /// What its users' ids begin with: letters, digits and `-`, at most 32.
    pub name: String,
    /// Exactly what its tokens have as `iss`.
    pub issuer: String,
    /// What has to be in its tokens' `aud`.
    pub audience: String,
    /// Where its keys are.
    pub keys: KeysAt,
    /// How long its tokens may live, from `iat` to `exp`.
    pub max_life: Duration,
}

/// A line that is no product, and how to write one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidProduct {
    /// A field that is missing.
    #[error(
        "{0} is missing: write name=shop,issuer=https://shop.example.org,audience=chat,\
         keys=/etc/aizuchi/shop.pem"
    )]
    Missing(&'static str),
    /// A field that nobody knows, or that is there twice.
    #[error(
        "{0} is unknown or there twice: the fields are name, issuer, audience, keys and max-life"
    )]
    Field(String),
    /// A name that cannot be one.
    #[error("a product's name is made of small letters, digits and '-', at most {NAME_BYTES}")]
    Name,
    /// An issuer or audience that cannot be one.
    #[error("{0} is at most {TEXT_BYTES} characters, none of them a control character")]
    Text(&'static str),
    /// No address of keys.
    #[error("keys is an https URL of a JWKS, a file, or one public key in base64")]
    Keys,
    /// A time that cannot be one.
    #[error("max-life is a number and a unit, as in 90s, 15m or 1h, from 1m to 24h")]
    Life,
}

impl FromStr for ProductSettings {
    type Err = InvalidProduct;

    fn from_str(line: &str) -> Result<Self, InvalidProduct> {
        const FIELDS: [&str; 5] = ["name", "issuer", "audience", "keys", "max-life"];
        let mut values: [Option<&str>; 5] = [None; 5];
        for field in line.split(',').map(str::trim).filter(|field| !field.is_empty()) {
            let (name, value) = field.split_once('=').unwrap_or((field, ""));
            let at = FIELDS.iter().position(|known| *known == name.trim());
            match at.map(|at| &mut values[at]) {
                Some(empty @ None) => *empty = Some(value.trim()),
                _ => return Err(InvalidProduct::Field(name.to_owned())),
            }
        }
        let given = |at: usize| {
            values[at].filter(|value| !value.is_empty()).ok_or(InvalidProduct::Missing(FIELDS[at]))
        };
        let text = |at: usize| {
            let value = given(at)?;
            let fits = value.len() <= TEXT_BYTES && !value.chars().any(char::is_control);
            if fits { Ok(value.to_owned()) } else { Err(InvalidProduct::Text(FIELDS[at])) }
        };
        Ok(Self {
            name: name(given(0)?)?,
            issuer: text(1)?,
            audience: text(2)?,
            keys: keys(given(3)?)?,
            max_life: values[4].map_or(Ok(MAX_LIFE), life)?,
        })
    }
}

fn name(text: &str) -> Result<String, InvalidProduct> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let fits = text.len() <= NAME_BYTES && text.bytes().all(plain);
    if fits { Ok(text.to_owned()) } else { Err(InvalidProduct::Name) }
}

fn keys(text: &str) -> Result<KeysAt, InvalidProduct> {
    if text.contains("://") {
        let url = Url::parse(text).map_err(|_| InvalidProduct::Keys)?;
        let web = matches!(url.scheme(), "https" | "http") && url.has_host();
        let plain =
            url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        return if web && plain { Ok(KeysAt::Url(url)) } else { Err(InvalidProduct::Keys) };
    }
    // Every public key in DER begins so, and has at least 44 bytes.
    let inline = text.starts_with('M')
        && text.len() >= 56
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte));
    Ok(if inline { KeysAt::Inline(text.to_owned()) } else { KeysAt::File(text.into()) })
}

fn life(text: &str) -> Result<Duration, InvalidProduct> {
    let units = [("h", 3_600), ("m", 60), ("s", 1)];
    let seconds = units.into_iter().find_map(|(unit, seconds)| {
        text.strip_suffix(unit)?.trim_end().parse::<u64>().ok()?.checked_mul(seconds)
    });
    seconds
        .map(Duration::from_secs)
        .filter(|life| (Duration::from_secs(60)..=LONGEST).contains(life))
        .ok_or(InvalidProduct::Life)
}
