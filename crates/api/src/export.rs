//! `GET /api/me/export`: all that is one's own, as lines of JSON.

use std::sync::Arc;

use aizuchi_core::{
    chat::Ports,
    handlers::export::{ExportPlace, Exported},
    identity::TokenVerifier,
    ids::ConversationId,
    log::Stamp,
    outcome::Refusal,
};
use aizuchi_gateway::{Push, encode};
use aizuchi_identity::http::ApiError;
use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{Api, refused};

#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    after: Option<String>,
}

/// A part: a line for each thing, and at last `{"more":"…"}`, the `after` of the
/// next part, or `{"end":true}`.
pub(crate) async fn export<P: Ports, U: Push, V: TokenVerifier>(
    State(api): State<Arc<Api<P, U, V>>>,
    headers: HeaderMap,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, ApiError> {
    let caller = api.identity(&headers).await?;
    let after = match asked.as_ref().map(|Query(asked)| asked.after.as_deref()) {
        Ok(None) => None,
        Ok(Some(after)) => Some(read(after).ok_or_else(no_place)?),
        Err(_) => return Err(no_place()),
    };
    let chat = api.gateway.chat();
    let mut lines = Vec::new();
    let begins = after.is_none();
    let part = chat.export(&caller.user, after).await.map_err(|refusal| refused(&refusal))?;
    if begins {
        let profile = chat.profile(&caller.user).await.map_err(|cause| refused(&cause.into()))?;
        let profile = json!({ "sub": profile.user.as_str(), "username": &*profile.username });
        write(&mut lines, &json!({ "profile": profile }));
    }
    for item in &part.items {
        let line = match item {
            Exported::Conversation(seen) => {
                json!({ "conversation": encode::seen_by_caller(seen, false) })
            }
            Exported::Entry(conversation, entry) => {
                json!({ "entry": encode::raw(conversation, entry) })
            }
        };
        write(&mut lines, &line);
    }
    let last = part.next.map_or(json!({ "end": true }), |place| json!({ "more": written(&place) }));
    write(&mut lines, &last);
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson"),
        (header::CONTENT_DISPOSITION, r#"attachment; filename="aizuchi-export.ndjson""#),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, lines).into_response())
}

fn no_place() -> ApiError {
    refused(&Refusal::Invalid("after is what the last part ended with."))
}

fn write(lines: &mut Vec<u8>, line: &Value) {
    lines.extend_from_slice(line.to_string().as_bytes());
    lines.push(b'\n');
}

/// A place as a client holds it: numbers, and the open conversation after them.
fn written(place: &ExportPlace) -> String {
    let (conversation, seq) =
        place.open.as_ref().map_or(("", 0), |(conversation, seq)| (conversation.as_str(), *seq));
    format!("{}.{}.{}.{seq}.{conversation}", place.began.0, place.late, place.since.0)
}

fn read(after: &str) -> Option<ExportPlace> {
    let mut parts = after.splitn(5, '.');
    let mut number = || parts.next()?.parse::<u64>().ok();
    let (began, late, since, seq) = (number()?, number()?, number()?, number()?);
    let conversation = parts.next()?;
    let open = match conversation {
        "" => None,
        name => Some((ConversationId::parse(name).ok()?, seq)),
    };
    let late = u32::try_from(late).ok()?;
    Some(ExportPlace { began: Stamp(began), late, since: Stamp(since), open })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written() {
        let open = ConversationId::parse("d:a.b%3A:c").ok().map(|name| (name, 7));
        for open in [None, open] {
            let place = ExportPlace { began: Stamp(u64::MAX), late: 3, since: Stamp(12), open };
            assert_eq!(read(&written(&place)), Some(place));
        }
        for nonsense in ["", "1", "1.2.3.4", "1.x.3.4.", "1.99999999999.3.4.", "-1.0.0.0."] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
    }
}
