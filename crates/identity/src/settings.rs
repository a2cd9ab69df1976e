//! What the operator decides.

use std::time::Duration;

use url::Url;

use crate::limits::IMPLICIT_MOST;

/// The client id of the application that the server itself serves.
pub const FIRST_PARTY: &str = "aizuchi-web";

/// The settings of the built-in pool.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where people reach the server; without its last slash it is the issuer.
    pub public_url: Url,
    /// Who may send people here to sign in.
    pub clients: Vec<OAuthClient>,
    /// Origins, beside those of the redirect URIs, whose scripts may call.
    pub allowed_origins: Vec<String>,
    /// How long tokens live.
    pub lifetimes: Lifetimes,
}

impl Settings {
    /// Settings with no client, no foreign origin and the usual lifetimes.
    pub fn new(public_url: Url) -> Self {
        Self {
            public_url,
            clients: Vec::new(),
            allowed_origins: Vec::new(),
            lifetimes: Lifetimes::default(),
        }
    }

    /// The tokens' `iss`.
    pub fn issuer(&self) -> &str {
        self.public_url.as_str().trim_end_matches('/')
    }

    /// Whether cookies are for https alone.
    pub fn secure(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    /// The registration of exactly this client and redirect URI.
    pub fn client(&self, id: &str, redirect_uri: &str) -> Option<&OAuthClient> {
        self.clients.iter().find(|client| client.id == id && client.redirect_uri == redirect_uri)
    }

    /// Whether tokens of this client are this server's.
    pub fn knows_client(&self, id: &str) -> bool {
        id == FIRST_PARTY || self.clients.iter().any(|client| client.id == id)
    }
}

/// A client and one URI that people may be sent back to. A client with several
/// is registered several times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthClient {
    id: String,
    redirect_uri: String,
    implicit: bool,
    /// As a source of a Content-Security-Policy.
    source: String,
    origin: Option<String>,
}

/// A client that cannot be registered, in a sentence for the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidClient {
    /// Empty, or with characters that are not letters, digits, `.`, `_`, `-`, `:`.
    #[error("a client id is made of letters, digits, '.', '_', '-' and ':'")]
    Id,
    /// Relative, with a fragment, or of a scheme that would run as a script.
    #[error(
        "a redirect URI is absolute, has no fragment and is no javascript:, data: or blob: URI"
    )]
    RedirectUri,
    /// The first-party application signs people in without leaving its page.
    #[error("the client id is the application's own")]
    FirstParty,
}

impl OAuthClient {
    /// Registers `redirect_uri`, which is matched exactly, for the client `id`.
    /// With `implicit` the tokens may come back in the URI's fragment.
    pub fn new(id: &str, redirect_uri: &str, implicit: bool) -> Result<Self, InvalidClient> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | ':');
        if id.is_empty() || id.len() > 128 || !id.chars().all(plain) {
            return Err(InvalidClient::Id);
        }
        if id == FIRST_PARTY {
            return Err(InvalidClient::FirstParty);
        }
        let url = Url::parse(redirect_uri).map_err(|_| InvalidClient::RedirectUri)?;
        let runs = matches!(url.scheme(), "javascript" | "data" | "blob" | "vbscript" | "file");
        // It is written into a header as it is.
        let clean = redirect_uri.bytes().all(|byte| byte.is_ascii_graphic());
        if runs || !clean || url.fragment().is_some() {
            return Err(InvalidClient::RedirectUri);
        }
        let origin = url.origin();
        let origin = origin.is_tuple().then(|| origin.ascii_serialization());
        Ok(Self {
            id: id.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            implicit,
            source: origin.clone().unwrap_or_else(|| format!("{}:", url.scheme())),
            origin,
        })
    }

    /// The client's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Where people may be sent back to.
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// Whether the implicit flow is allowed.
    pub fn implicit(&self) -> bool {
        self.implicit
    }

    /// The redirect URI as a source of a Content-Security-Policy.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    /// The redirect URI's origin, where it has one.
    pub(crate) fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }
}

/// How long tokens live.
#[derive(Debug, Clone, Copy)]
pub struct Lifetimes {
    /// Access tokens that can be refreshed: minutes.
    pub access: Duration,
    /// Access tokens of the implicit flow, which cannot; cut at [`IMPLICIT_MOST`].
    pub implicit: Duration,
    /// Refresh tokens, from their last use: weeks.
    pub refresh: Duration,
}

impl Lifetimes {
    /// [`Lifetimes::implicit`] within its limit.
    pub(crate) fn implicit(&self) -> Duration {
        self.implicit.min(IMPLICIT_MOST)
    }
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            access: Duration::from_secs(10 * 60),
            implicit: IMPLICIT_MOST,
            refresh: Duration::from_secs(30 * 24 * 60 * 60),
        }
    }
}

/// A duration in ms, as times are kept.
pub(crate) fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_uri_is_absolute_and_harmless() {
        for uri in
            ["http://127.0.0.1:3000/", "https://a.example/x?y=z", "com.example.app:/signed-in"]
        {
            assert!(OAuthClient::new("web", uri, true).is_ok(), "{uri}");
        }
        for uri in [
            "",
            "/signed-in",
            "//a.example/",
            "https://a.example/#there",
            "https://a.example/ x",
            "https://a.example/\r\nSet-Cookie: a=b",
            "https://あ.example/",
            "javascript:alert(1)",
            "data:text/html,x",
        ] {
            let refused = OAuthClient::new("web", uri, true);
            assert_eq!(refused, Err(InvalidClient::RedirectUri), "{uri}");
        }
    }

    #[test]
    fn a_client_id_is_plain_and_not_the_applications() {
        for id in ["", "a b", "a=b", "a&b", "あ"] {
            assert_eq!(OAuthClient::new(id, "http://a/", true), Err(InvalidClient::Id), "{id}");
        }
        let own = OAuthClient::new(FIRST_PARTY, "http://a/", true);
        assert_eq!(own, Err(InvalidClient::FirstParty));
    }

    #[test]
    fn redirect_uris_become_policy_sources() {
        let source = |uri| OAuthClient::new("web", uri, false).unwrap().source;
        assert_eq!(source("http://127.0.0.1:3000/path?x=1"), "http://127.0.0.1:3000");
        assert_eq!(source("com.example.app:/signed-in"), "com.example.app:");
    }
}
