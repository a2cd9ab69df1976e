//! From where scripts may call.

use http::{HeaderMap, header::ORIGIN};
use url::Url;

use super::error::ApiError;
use crate::{remote::is_loopback, settings::Settings};

/// The origins that are known.
#[derive(Debug, Clone)]
pub struct Origins {
    own: Vec<String>,
    foreign: Vec<String>,
}

impl Origins {
    /// The server's own, those of the redirect URIs, and those of the settings.
    pub fn of(settings: &Settings) -> Self {
        let clients = settings.clients.iter().filter_map(|client| client.origin());
        let named = settings.allowed_origins.iter().filter_map(|origin| {
            let origin = Url::parse(origin).ok()?.origin();
            origin.is_tuple().then(|| origin.ascii_serialization())
        });
        Self {
            own: own(&settings.public_url),
            foreign: clients.map(str::to_owned).chain(named).collect(),
        }
    }

    /// The server's own.
    pub fn own(&self) -> &[String] {
        &self.own
    }

    /// Whether this is the server's own origin.
    pub fn is_own(&self, origin: &str) -> bool {
        self.own.iter().any(|own| own == origin)
    }

    /// The `Origin` of a call that is for the server's own pages alone, since it
    /// has to do with cookies. None where the caller is no browser's page.
    pub(crate) fn only_own<'a>(&self, headers: &'a HeaderMap) -> Result<Option<&'a str>, ApiError> {
        let Some(origin) = headers.get(ORIGIN) else { return Ok(None) };
        let origin = origin.to_str().ok().filter(|origin| self.is_own(origin));
        origin
            .map(Some)
            .ok_or_else(|| ApiError::forbidden("This call is for the server's own pages."))
    }

    /// Whether scripts of this origin may call, and open sockets.
    pub fn allows(&self, origin: &str) -> bool {
        self.is_own(origin) || self.foreign.iter().any(|known| known == origin)
    }
}

/// A server on loopback goes by each of loopback's names.
fn own(public: &Url) -> Vec<String> {
    let mut own = vec![public.origin().ascii_serialization()];
    if is_loopback(public) {
        for name in ["localhost", "127.0.0.1", "[::1]"] {
            let mut sibling = public.clone();
            if sibling.set_host(Some(name)).is_ok() {
                own.push(sibling.origin().ascii_serialization());
            }
        }
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::OAuthClient;

    #[test]
    fn own_and_known_origins_are_told_apart() {
        let mut settings = Settings::new(Url::parse("https://chat.example/").unwrap());
        let client = OAuthClient::new("web", "http://127.0.0.1:3000/signed-in", true).unwrap();
        settings.clients.push(client);
        settings.clients.push(OAuthClient::new("app", "com.example.app:/x", false).unwrap());
        settings.allowed_origins.push("https://shop.example:443/".to_owned());
        let origins = Origins::of(&settings);
        assert!(origins.is_own("https://chat.example"));
        for foreign in ["http://127.0.0.1:3000", "https://shop.example"] {
            assert!(origins.allows(foreign) && !origins.is_own(foreign), "{foreign}");
        }
        for unknown in
            ["null", "", "http://chat.example", "https://chat.example.evil", "http://127.0.0.1"]
        {
            assert!(!origins.allows(unknown), "{unknown}");
        }
    }

    #[test]
    fn loopback_goes_by_all_its_names_on_its_port() {
        let settings = Settings::new(Url::parse("http://127.0.0.1:8080").unwrap());
        let origins = Origins::of(&settings);
        for own in ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"] {
            assert!(origins.is_own(own), "{own}");
        }
        assert!(!origins.allows("http://localhost:3000"));
    }
}
