//! The socket's routes: `$connect`, `$disconnect` and every frame.
//!
//! No answer has a body: on AWS it would reach nobody, elsewhere a client that
//! did not ask. All that a client hears is pushed.

use aizuchi_core::{chat::Caller, outcome::Refusal};
use aizuchi_gateway::encode::told;
use serde::{Deserialize, Serialize};

use crate::{Chats, identity::Context};

/// What API Gateway tells of a socket.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    request_context: RequestContext,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext {
    event_type: EventType,
    connection_id: String,
    /// In ms since the epoch.
    #[serde(default)]
    connected_at: u64,
    #[serde(default)]
    authorizer: Option<Context>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum EventType {
    Connect,
    Message,
    Disconnect,
}

/// A status, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    status_code: u16,
}

const DONE: Answer = Answer { status_code: 200 };

/// Does what an event asks. Only `$connect` is answered with anything but 200:
/// that refuses the socket.
pub async fn answer(chats: &Chats, event: Event) -> Answer {
    let context = event.request_context;
    let who = context.authorizer.as_ref().and_then(|authorizer| {
        let caller = authorizer.caller(&context.connection_id).ok()?;
        Some((authorizer, caller))
    });
    let Some((authorizer, caller)) = who else {
        tracing::error!("an event names no person: is the authorizer attached?");
        return Answer { status_code: 403 };
    };
    match context.event_type {
        EventType::Connect => connect(chats, authorizer, &caller).await,
        EventType::Message => {
            // Its lease is renewed while its frame is handled: neither waits for the other.
            let renewed = chats.renew(&caller, context.connected_at);
            let body = event.body.filter(|_| !event.is_base64_encoded).unwrap_or_default();
            tokio::join!(renewed, frame(chats, &caller, &body));
            DONE
        }
        EventType::Disconnect => {
            chats.gateway().disconnect(&caller).await;
            DONE
        }
    }
}

async fn connect(chats: &Chats, authorizer: &Context, caller: &Caller) -> Answer {
    match connected(chats, authorizer, caller).await {
        Ok(()) => DONE,
        Err(refusal) => {
            let (code, sentence) = told(&refusal);
            let cause = std::error::Error::source(&refusal).map(ToString::to_string);
            tracing::warn!(?code, sentence, cause, "a socket was refused");
            chats.gateway().disconnect(caller).await;
            Answer { status_code: code.status() }
        }
    }
}

async fn connected(chats: &Chats, authorizer: &Context, caller: &Caller) -> Result<(), Refusal> {
    let gateway = chats.gateway();
    gateway.chat().admit(&caller.user).await?;
    gateway.connect(caller, authorizer.partner()).await?;
    gateway.chat().introduce(&authorizer.profile(&caller.user)).await
}

async fn frame(chats: &Chats, caller: &Caller, text: &str) {
    let gateway = chats.gateway();
    let request = gateway.decode(caller, text);
    if let Some(message) = gateway.handle(caller, request).await {
        gateway.finish(message).await;
    }
}
