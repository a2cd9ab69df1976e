//! What the server refuses with: every code, as frames meet it.

use aizuchi_core::{chat::Policy, error::PortError, registry::Level};
use aizuchi_gateway::local::{Rate, Rates};
use aizuchi_wire::{ErrorCode, ServerFrame, limits::INBOUND_BYTES, server::Refused};

use super::Golden;
use crate::support::{Fate, Phone, World, direct};

/// A message that can be sent.
const SENDMSG: &str = r#"{"action":"SENDMSG","toSub":"bob","message":"hi","clientMsgId":"m1"}"#;

pub(super) fn told() -> Vec<Golden> {
    let world = World::new();
    let page = world.page("ada", "bob");
    let phone = world.phone("ada");
    let theirs =
        format!(r#"{{"action":"READ","conversationId":"{}","seq":1}}"#, direct("bob", "cyd"));
    let nobody = r#"{"action":"STATUS","partnerSub":"nobody","requestId":"r1"}"#;
    let nameless =
        r#"{"action":"SENDMSG","toSub":"ada","message":"hi","clientMsgId":"m1","requestId":"r1"}"#;
    let mut told = vec![
        refused("error-invalid-request", Level::Zero, &page, "hello"),
        refused("error-forbidden", Level::Zero, &page, r#"{"action":"GREETING","message":"hi"}"#),
        refused("error-not-found", Level::Zero, &page, nobody),
        refused("error-invalid-request", Level::One, &phone, "hello"),
        refused("error-invalid-request-echo", Level::One, &phone, nameless),
        refused("error-forbidden", Level::One, &phone, &theirs),
        refused("error-not-found", Level::One, &phone, nobody),
        refused("error-too-large", Level::One, &phone, &"x".repeat(INBOUND_BYTES + 1)),
    ];
    world.log().next(Fate::Fails(PortError::Conflict));
    told.push(refused("error-conflict", Level::One, &phone, SENDMSG));
    world.log().next(Fate::Fails(PortError::unavailable("the log", "closed")));
    told.push(refused("error-unavailable", Level::One, &phone, SENDMSG));

    let rates = Rates { send: Rate { every_ms: 1_500, burst: 1 }, ..Rates::default() };
    let world = World::with(Policy::default(), Some(rates));
    let phone = world.phone("ada");
    phone.writes("bob", "hi", "m0");
    told.push(refused("error-rate-limited", Level::One, &phone, SENDMSG));
    told.push(unauthorized());
    told
}

fn refused(name: &str, level: Level, phone: &Phone<'_>, text: &str) -> Golden {
    phone.says_text(text);
    let [frame] = phone.frames().try_into().unwrap();
    let frame = String::from_utf8(frame.to_vec()).unwrap();
    Golden { direction: "server", level, name: name.to_owned(), frame }
}

/// No frame meets this one, as whoever has no token has no socket; but the list
/// of codes is one for all sides.
fn unauthorized() -> Golden {
    let frame = ServerFrame::Error(Refused {
        code: ErrorCode::Unauthorized,
        error: "Please sign in again.".into(),
        request_id: None,
        client_msg_id: None,
        retry_after_ms: None,
    });
    let frame = String::from_utf8(frame.encode()).unwrap();
    let name = "error-unauthorized".to_owned();
    Golden { direction: "server", level: Level::One, name, frame }
}
