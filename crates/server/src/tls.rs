//! TLS by certificate files, or by certificates that an ACME directory issues.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use futures_util::StreamExt;
use rustls::{
    ServerConfig,
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject},
    },
};
use rustls_acme::{AcmeConfig, caches::DirCache, is_tls_alpn_challenge};
use tokio::net::TcpStream;
use tokio_rustls::{LazyConfigAcceptor, server::TlsStream};

/// Where certificates come from.
#[derive(Debug, Clone)]
pub enum Tls {
    /// From files in PEM.
    Files {
        /// The chain, leaf first.
        certificates: PathBuf,
        /// The leaf's key.
        key: PathBuf,
    },
    /// From an ACME directory such as Let's Encrypt's, by TLS-ALPN-01 on the
    /// port that is listened on.
    Acme(AcmeSettings),
}

impl Tls {
    /// Reads what there is to be read, so that what is wrong shows early.
    pub fn check(&self) -> Result<(), TlsError> {
        match self {
            Self::Files { certificates, key } => from_files(certificates, key).map(drop),
            Self::Acme(_) => Ok(()),
        }
    }
}

/// How to ask for certificates.
#[derive(Debug, Clone)]
pub struct AcmeSettings {
    /// The names to be certified.
    pub domains: Vec<String>,
    /// Whom the issuer may write to: `mailto:…`.
    pub contact: Vec<String>,
    /// Where account and certificates are kept.
    pub cache: PathBuf,
    /// The directory's URL; Let's Encrypt's unless set.
    pub directory: Option<String>,
}

/// TLS that cannot be set up, for the operator.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file that cannot be read, or is no PEM of its kind.
    #[error("{path}: {cause}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: pem::Error,
    },
    /// The certificate and the key do not fit, or are of no use.
    #[error("the certificate cannot be used: {0}")]
    Unusable(#[from] rustls::Error),
}

/// Accepts TLS on connections.
#[derive(Debug, Clone)]
pub(crate) struct Acceptor {
    config: Arc<ServerConfig>,
    challenge: Option<Arc<ServerConfig>>,
}

impl Acceptor {
    /// Reads the files, or begins to ask for certificates.
    pub(crate) fn new(tls: &Tls) -> Result<Self, TlsError> {
        match tls {
            Tls::Files { certificates, key } => {
                Ok(Self { config: Arc::new(from_files(certificates, key)?), challenge: None })
            }
            Tls::Acme(settings) => Self::acme(settings),
        }
    }

    fn acme(settings: &AcmeSettings) -> Result<Self, TlsError> {
        let mut config = AcmeConfig::new(&settings.domains)
            .contact(&settings.contact)
            .cache(DirCache::new(settings.cache.clone()));
        config = match &settings.directory {
            Some(directory) => config.directory(directory),
            None => config.directory_lets_encrypt(true),
        };
        let mut state = config.state();
        let acceptor = Self {
            config: Arc::new(builder()?.with_no_client_auth().with_cert_resolver(state.resolver())),
            challenge: Some(state.challenge_rustls_config()),
        };
        tokio::spawn(async move {
            while let Some(event) = state.next().await {
                match event {
                    Ok(event) => tracing::info!(?event, "certificates"),
                    Err(error) => tracing::error!(%error, "certificates"),
                }
            }
        });
        Ok(acceptor)
    }

    /// The handshake. `None` where it was only the issuer's challenge.
    pub(crate) async fn accept(
        &self,
        stream: TcpStream,
    ) -> std::io::Result<Option<TlsStream<TcpStream>>> {
        let start = LazyConfigAcceptor::new(rustls::server::Acceptor::default(), stream).await?;
        match &self.challenge {
            Some(challenge) if is_tls_alpn_challenge(&start.client_hello()) => {
                start.into_stream(Arc::clone(challenge)).await?;
                Ok(None)
            }
            _ => start.into_stream(Arc::clone(&self.config)).await.map(Some),
        }
    }
}

fn from_files(certificates: &Path, key: &Path) -> Result<ServerConfig, TlsError> {
    let file = |path: &Path, cause| TlsError::File { path: path.to_owned(), cause };
    let chain = CertificateDer::pem_file_iter(certificates)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|cause| file(certificates, cause))?;
    if chain.is_empty() {
        return Err(file(certificates, pem::Error::NoItemsFound));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|cause| file(key, cause))?;
    Ok(builder()?.with_no_client_auth().with_single_cert(chain, secret)?)
}

fn builder() -> Result<rustls::ConfigBuilder<ServerConfig, rustls::WantsVerifier>, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()
}
