//! TLS by certificate files.

use std::{path::PathBuf, sync::Arc};

use aizuchi_server::{ServeError, Tls};
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use rustls::{ClientConfig, RootCertStore, pki_types::CertificateDer};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::support::{Server, Socket, message, run};

/// A certificate for localhost and its key, in files.
struct Files {
    directory: TempDir,
    certificate: CertificateDer<'static>,
}

impl Files {
    fn new() -> Self {
        let CertifiedKey { cert, key_pair } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let files = Self { directory: TempDir::new().unwrap(), certificate: cert.der().clone() };
        std::fs::write(files.path("certificate.pem"), cert.pem()).unwrap();
        std::fs::write(files.path("key.pem"), key_pair.serialize_pem()).unwrap();
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn tls(&self) -> Tls {
        Tls::Files { certificates: self.path("certificate.pem"), key: self.path("key.pem") }
    }

    /// A connection of a client that trusts this certificate alone.
    async fn connect(&self, server: &Server) -> std::io::Result<TlsStream<TcpStream>> {
        let mut trusted = RootCertStore::empty();
        trusted.add(self.certificate.clone()).unwrap();
        let config = ClientConfig::builder().with_root_certificates(trusted).with_no_client_auth();
        let name = "localhost".try_into().unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, server.tcp().await).await
    }
}

async fn start(files: &Files) -> Server {
    let tls = files.tls();
    Server::with(|options| options.tls = Some(tls)).await
}

#[test]
fn sockets_and_calls_go_over_tls() {
    run(async || {
        let files = Files::new();
        let server = start(&files).await;
        let mut stream = files.connect(&server).await.unwrap();
        let call = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        stream.write_all(call).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("ok\n"), "{answer}");

        let over_tls = async |token: &str| {
            let stream = files.connect(&server).await.unwrap();
            Socket::open(server.socket_request(token), stream).await
        };
        let (mut ada, mut bob) = (over_tls("ada").await, over_tls("bob").await);
        let text = "x".repeat(30_000);
        for n in 1..=20 {
            ada.says(&message("bob", n, &text)).await;
        }
        for n in 1..=20 {
            assert_eq!(ada.hears().await["seq"], n);
            assert_eq!(bob.hears().await["message"], text.as_str());
        }
        server.shut_down();
        assert_eq!(ada.is_closed().await, 1001);
        assert_eq!(bob.is_closed().await, 1001);
        server.serving.await.unwrap().unwrap();
    });
}

#[test]
fn who_does_not_trust_it_or_speaks_no_tls_is_no_matter() {
    run(async || {
        let files = Files::new();
        let server = start(&files).await;
        assert!(Files::new().connect(&server).await.is_err());
        let mut plain = server.tcp().await;
        plain.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        let mut answer = Vec::new();
        let _ = plain.read_to_end(&mut answer).await;
        assert!(!answer.starts_with(b"HTTP/"));
        // Nothing at all, until the time for a handshake is over.
        let mut silent = server.tcp().await;
        tokio::time::pause();
        assert_eq!(silent.read_to_end(&mut answer).await.unwrap(), 0);
        tokio::time::resume();
        files.connect(&server).await.unwrap();
    });
}

/// What an operator is told, without the directory.
async fn refused(files: &Files) -> String {
    let server = start(files).await;
    let error = server.serving.await.unwrap().unwrap_err();
    let ServeError::Tls(told) = &error;
    assert_eq!(files.tls().check().unwrap_err().to_string(), told.to_string());
    error.to_string().replace(&format!("{}/", files.directory.path().display()), "")
}

#[test]
fn files_that_are_of_no_use_are_named() {
    run(async || {
        let files = Files::new();
        std::fs::write(files.path("key.pem"), another_key()).unwrap();
        let told = refused(&files).await;
        assert!(told.starts_with("the certificate cannot be used: "), "{told}");
        std::fs::write(files.path("key.pem"), "nothing").unwrap();
        assert!(refused(&files).await.starts_with("key.pem: "));
        std::fs::remove_file(files.path("key.pem")).unwrap();
        assert!(refused(&files).await.starts_with("key.pem: "));

        let files = Files::new();
        std::fs::write(files.path("certificate.pem"), "nothing").unwrap();
        let told = refused(&files).await;
        assert!(told.starts_with("certificate.pem: "), "{told}");
        std::fs::remove_file(files.path("certificate.pem")).unwrap();
        assert!(refused(&files).await.starts_with("certificate.pem: "));
    });
}

fn another_key() -> String {
    KeyPair::generate().unwrap().serialize_pem()
}
