//! People who live for one bench.

use aizuchi_client::{Account, Service};
use aizuchi_wire::ErrorCode;
use futures_util::{StreamExt, TryStreamExt, stream};
use url::Url;

use super::{BenchError, report, socket::Socket};

/// Sign-ups at once. Each costs the server a password hash.
const SIGN_UPS: usize = 8;
/// Handshakes at once.
const HANDSHAKES: usize = 64;

/// A server and where its socket is.
pub(super) struct Server {
    pub(super) service: Service,
    pub(super) socket_url: Url,
}

impl Server {
    pub(super) async fn find(url: &Url) -> Result<Self, BenchError> {
        let service = Service::new(url.clone())?;
        let socket_url = service.endpoint().await?.url;
        if socket_url.scheme() != "ws" {
            return Err(BenchError::Address(socket_url));
        }
        Ok(Self { service, socket_url })
    }

    /// Signs up `count` people whom nobody knows.
    pub(super) async fn people(&self, count: usize) -> Result<Vec<Account>, BenchError> {
        let mut random = [0; 16];
        getrandom::fill(&mut random)?;
        let random = u128::from_be_bytes(random);
        let (name, password) = (format!("bench-{:08x}", random >> 96), format!("{random:032x}"));
        let bar = report::progress(count as u64, "signing up");
        let people = stream::iter(0..count)
            .map(|n| {
                let (bar, name, password) = (&bar, format!("{name}-{n}"), password.as_str());
                async move {
                    let account = self.service.sign_up(&name, password).await.map_err(limited)?;
                    bar.inc(1);
                    Ok::<_, BenchError>(account)
                }
            })
            .buffered(SIGN_UPS)
            .try_collect()
            .await;
        bar.finish_and_clear();
        people
    }

    /// Opens a connection for each of `people`, in their order.
    pub(super) async fn connect(&self, people: &[&Account]) -> Result<Vec<Socket>, BenchError> {
        stream::iter(people)
            .map(|account| async move { self.connect_one(account).await })
            .buffered(HANDSHAKES)
            .try_collect()
            .await
    }

    pub(super) async fn connect_one(&self, account: &Account) -> Result<Socket, BenchError> {
        Socket::open(&self.socket_url, &account.token().await?).await
    }
}

fn limited(error: aizuchi_client::http::HttpError) -> BenchError {
    match error.code() {
        Some(ErrorCode::RateLimited) => BenchError::Limited(error),
        _ => error.into(),
    }
}
