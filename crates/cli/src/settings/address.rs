use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use clap::Args;
use url::Url;

use super::{Contradiction, TlsFrom, values};

/// Where the server is, and from where it is reached.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Address")]
pub struct Address {
    /// The address and port that people connect to. 0.0.0.0 and [::] are all
    /// addresses of the machine; port 0 is any free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", value_parser = values::socket_address)]
    pub listen: SocketAddr,
    /// Where people reach the server, if that is another address than the one
    /// listened on: https://chat.example.org.
    #[arg(long, value_name = "URL", value_parser = values::public_url)]
    pub public_url: Option<Url>,
    /// A proxy whose X-Forwarded-For is believed. May be repeated.
    #[arg(long, value_name = "IP", value_delimiter = ' ', value_parser = values::ip_address)]
    pub trusted_proxy: Vec<IpAddr>,
    /// An origin beside the server's own whose pages may sign in and chat:
    /// https://www.example.org. May be repeated.
    #[arg(long, value_name = "ORIGIN", value_delimiter = ' ', value_parser = values::origin)]
    pub allowed_origin: Vec<String>,
    /// The address and port of the metrics, for Prometheus. None unless set;
    /// keep it away from strangers.
    #[arg(long, value_name = "ADDRESS", value_parser = values::socket_address)]
    pub metrics_listen: Option<SocketAddr>,
}

impl Address {
    /// Where people reach the server that listens on `bound`: as set, or as
    /// the first certified name or the address itself says.
    pub fn public_url(&self, tls: &TlsFrom, bound: SocketAddr) -> Result<Url, Contradiction> {
        let scheme = if tls.is_on() { "https" } else { "http" };
        if let Some(url) = &self.public_url {
            let plain = tls.is_on() && url.scheme() == "http";
            return if plain { Err(Contradiction::NotHttps(url.clone())) } else { Ok(url.clone()) };
        }
        let here = SocketAddr::new(reachable(bound.ip()), bound.port());
        let host = match tls.acme_domain.first() {
            Some(domain) => format!("{domain}:{}", bound.port()),
            None => here.to_string(),
        };
        #[expect(clippy::expect_used, reason = "a checked domain or an address, and a port")]
        let url = Url::parse(&format!("{scheme}://{host}")).expect("a URL");
        Ok(url)
    }
}

/// An address by which this machine reaches itself.
fn reachable(listened_on: IpAddr) -> IpAddr {
    match listened_on {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    }
}
