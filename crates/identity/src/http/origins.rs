//! From where scripts may call.

use url::{Host, Url};

use crate::settings::Settings;

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

    /// Whether this is the server's own origin.
    pub fn is_own(&self, origin: &str) -> bool {
        self.own.iter().any(|own| own == origin)
    }

    /// Whether scripts of this origin may call, and open sockets.
    pub fn allows(&self, origin: &str) -> bool {
        self.is_own(origin) || self.foreign.iter().any(|known| known == origin)
    }
}

/// A server on loopback goes by each of loopback's names.
fn own(public: &Url) -> Vec<String> {
    let loopback = match public.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    let mut own = vec![public.origin().ascii_serialization()];
    if loopback {
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
