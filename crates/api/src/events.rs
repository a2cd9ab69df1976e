//! `GET /api/events`: what happened, for those who hold no socket.

use std::sync::Arc;

use aizuchi_core::{
    chat::{Caller, Ports},
    identity::TokenVerifier,
    outcome::Refusal,
};
use aizuchi_gateway::{Gateway, Push};
use aizuchi_identity::http::ApiError;
use aizuchi_wire::CloseCode;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde::Deserialize;

use crate::{
    Api,
    cursor::{Cursor, Since},
    refused,
};

/// The longest wait that may be asked for, in seconds.
const MOST_WAIT: u8 = 25;

/// The query of a poll.
#[derive(Debug, Deserialize)]
pub struct Asked {
    after: Option<String>,
    #[serde(default)]
    wait: u8,
}

impl Asked {
    /// From where on events are wanted, and how many seconds the caller would
    /// wait for one.
    ///
    /// # Errors
    /// What no answer gave is no cursor, and a wait is 0 to 25 s.
    pub fn read(asked: Result<Query<Self>, QueryRejection>) -> Result<(Cursor, u8), ApiError> {
        asked
            .ok()
            .filter(|Query(asked)| asked.wait <= MOST_WAIT)
            .and_then(|Query(asked)| Some((Cursor::parse(asked.after.as_deref())?, asked.wait)))
            .ok_or_else(|| {
                refused(&Refusal::Invalid("after is a cursor, and wait 0 to 25 seconds."))
            })
    }
}

/// The answer of a poll.
#[derive(Debug)]
pub struct Events {
    /// What a socket would have brought, in its order.
    pub frames: Vec<Bytes>,
    /// For the next poll.
    pub after: Cursor,
    /// Whether the next poll should follow at once, without a wait.
    pub more: bool,
    /// How many seconds a poll of this wait may be held: 0 where it is not.
    pub wait: u8,
    /// Whether a line of the caller's begins here: nobody is watched by it yet.
    pub opened: bool,
    /// Why his line is over, where it is.
    pub closed: Option<CloseCode>,
}

impl Events {
    /// No events, and how to go on.
    pub fn none(after: Cursor, wait: u8) -> Self {
        Self { frames: Vec::new(), after, more: false, wait, opened: false, closed: None }
    }
}

impl IntoResponse for Events {
    fn into_response(self) -> Response {
        let Self { frames, after, more, wait, opened, closed } = self;
        let mut rest = format!(r#","after":"{after}","more":{more},"wait":{wait}"#);
        if opened {
            rest.push_str(r#","opened":true"#);
        }
        if let Some(code) = closed {
            rest.push_str(&format!(r#","closed":{}"#, code.number()));
        }
        rest.push('}');
        json(&frames, &rest)
    }
}

/// `{"events":[…]` and the rest. Frames are JSON already: they are joined, not
/// read again.
pub(crate) fn json(frames: &[Bytes], rest: &str) -> Response {
    let size = frames.iter().map(|frame| frame.len() + 1).sum::<usize>();
    let mut body = Vec::with_capacity(16 + size + rest.len());
    body.extend_from_slice(br#"{"events":["#);
    for (at, frame) in frames.iter().enumerate() {
        if at > 0 {
            body.push(b',');
        }
        body.extend_from_slice(frame);
    }
    body.push(b']');
    body.extend_from_slice(rest.as_bytes());
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    (headers, body).into_response()
}

/// What a caller's conversations have that is new since, as one `SYNC`, without
/// waiting for anything.
///
/// # Errors
/// Too often, or a port that failed.
pub async fn changes<P: Ports, U: Push>(
    gateway: &Gateway<P, U>,
    caller: &Caller,
    since: Since,
) -> Result<Events, Refusal> {
    let stamp = match since {
        Since::Now => {
            let now = gateway.now(caller).await?;
            return Ok(Events::none(Cursor::at(Since::Stamp(now.0)), 0));
        }
        Since::Beginning => None,
        Since::Stamp(stamp) => Some(aizuchi_core::log::Stamp(stamp)),
    };
    let (frame, stamp, more) = gateway.changes(caller, stamp).await?;
    let after = Cursor::at(Since::Stamp(stamp.0));
    Ok(Events { frames: vec![frame], more, ..Events::none(after, 0) })
}

pub(crate) async fn since<P: Ports, U: Push, V: TokenVerifier>(
    State(api): State<Arc<Api<P, U, V>>>,
    headers: HeaderMap,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Events, ApiError> {
    let caller = api.caller(&headers).await?;
    let (after, _) = Asked::read(asked)?;
    changes(&api.gateway, &caller, after.since).await.map_err(|refusal| refused(&refusal))
}
