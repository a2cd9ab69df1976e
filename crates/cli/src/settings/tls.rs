use std::path::{Path, PathBuf};

use aizuchi_server::{AcmeSettings, Tls};
use clap::Args;
use url::Url;

use super::{Contradiction, contradiction::together, values};

/// Where certificates come from. From nowhere, the server speaks plain HTTP.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "TLS (without it, put the server behind a proxy that has it)")]
pub struct TlsFrom {
    /// The certificate chain, in PEM, leaf first.
    #[arg(long, value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's key, in PEM.
    #[arg(long, value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// A name of this server, for which certificates are asked from Let's
    /// Encrypt. It must be reachable on port 443. May be repeated.
    #[arg(long, value_name = "DOMAIN", value_delimiter = ' ', value_parser = values::domain)]
    pub acme_domain: Vec<String>,
    /// Whom the issuer of certificates may write to: an e-mail address.
    #[arg(long, value_name = "EMAIL", value_parser = values::email)]
    pub acme_contact: Option<String>,
    /// The ACME directory of another issuer than Let's Encrypt.
    #[arg(long, value_name = "URL", value_parser = values::web_url)]
    pub acme_directory: Option<Url>,
}

impl TlsFrom {
    /// Whether connections are encrypted.
    pub fn is_on(&self) -> bool {
        self.tls_cert.is_some() || !self.acme_domain.is_empty()
    }

    /// What the server needs; what ACME issues is kept in the data directory.
    pub fn resolve(&self, data_dir: &Path) -> Result<Option<Tls>, Contradiction> {
        let files = together(("tls-cert", &self.tls_cert), ("tls-key", &self.tls_key))?;
        if self.acme_domain.is_empty() {
            let lone = [
                ("acme-contact", self.acme_contact.is_some()),
                ("acme-directory", self.acme_directory.is_some()),
            ];
            if let Some((given, _)) = lone.into_iter().find(|(_, set)| *set) {
                return Err(Contradiction::Alone { given, needs: "acme-domain" });
            }
            return Ok(files.map(|(certificates, key)| Tls::Files {
                certificates: certificates.clone(),
                key: key.clone(),
            }));
        }
        if files.is_some() {
            return Err(Contradiction::Both { one: "tls-cert", other: "acme-domain" });
        }
        Ok(Some(Tls::Acme(AcmeSettings {
            domains: self.acme_domain.clone(),
            contact: self.acme_contact.iter().map(|email| format!("mailto:{email}")).collect(),
            cache: data_dir.join("acme"),
            directory: self.acme_directory.as_ref().map(Url::to_string),
        })))
    }
}
