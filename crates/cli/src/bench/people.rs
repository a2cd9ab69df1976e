//! People who live for one bench.

use aizuchi_client::{Account, Service};
use aizuchi_wire::{ErrorCode, ServerFrame};
use futures_util::{StreamExt, TryStreamExt, stream};
use url::Url;

use super::{BenchError, ledger::Broken, pages, report, socket::Socket};

/// Sign-ups at once. Each costs the server a password hash.
const SIGN_UPS: usize = 8;
/// People whom one `INVITE` may name.
const INVITED_AT_ONCE: usize = 50;
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

    /// The account of `user`, made where it is not there.
    pub(super) async fn sign_in_or_up(
        &self,
        user: &str,
        password: &str,
    ) -> Result<Account, BenchError> {
        match self.service.sign_up(user, password).await {
            Err(error) if error.code() == Some(ErrorCode::Conflict) => {
                Ok(self.service.sign_in(user, password).await?)
            }
            other => other.map_err(limited),
        }
    }

    /// A room of `owner` and `members`: its id, and the seq of its last entry.
    pub(super) async fn room(
        &self,
        owner: &Account,
        members: &[Account],
    ) -> Result<(String, u64), BenchError> {
        let mut socket = self.connect_one(owner).await?;
        socket.send(r#"{"action":"CREATEROOM","name":"bench","clientMsgId":"room"}"#).await?;
        let mut acked = ack(&socket.next_with(r#""action":"ACK""#).await?)?;
        for (at, some) in members.chunks(INVITED_AT_ONCE).enumerate() {
            let subs: Vec<_> = some.iter().map(|one| &one.me().sub).collect();
            let invite = serde_json::json!({
                "action": "INVITE", "conversationId": acked.0, "subs": subs,
                "clientMsgId": format!("invite-{at}"),
            });
            socket.send(&invite.to_string()).await?;
            acked = ack(&socket.next_with(r#""action":"ACK""#).await?)?;
        }
        let last = pages::newest(&mut socket, &acked.0).await?;
        Ok((acked.0, last))
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

fn ack(frame: &[u8]) -> Result<(String, u64), BenchError> {
    match serde_json::from_slice(frame) {
        Ok(ServerFrame::Ack(ack)) => Ok((ack.conversation_id.to_string(), ack.seq)),
        _ => Err(Broken::Log("an ACK cannot be read".to_owned()).into()),
    }
}

fn limited(error: aizuchi_client::http::HttpError) -> BenchError {
    match error.code() {
        Some(ErrorCode::RateLimited) => BenchError::Limited(error),
        _ => error.into(),
    }
}
