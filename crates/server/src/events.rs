//! `GET /api/events` and `POST /api/frames` of a process that holds lines.

use std::{sync::Arc, time::Duration};

use aizuchi_api::{Asked, Cursor, Events, Place, Since, changes, from_nowhere, refused};
use aizuchi_core::{chat::Ports, identity::TokenVerifier, outcome::Refusal};
use aizuchi_identity::http::{ApiError, bearer, cross_origin};
use axum::{
    Router,
    extract::{Query, State, rejection::QueryRejection},
    http::HeaderMap,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;

use crate::{
    App,
    poll::{Brought, Held},
};

/// The calls of those who hold no socket.
pub(crate) fn routes<P: Ports, V: TokenVerifier>(app: &Arc<App<P, V>>) -> Router {
    let calls = Router::new()
        .route("/api/events", get(events::<P, V>))
        .route("/api/frames", post(frames::<P, V>))
        .with_state(Arc::clone(app));
    cross_origin(calls, Arc::clone(&app.settings.origins))
}

/// What happened after a cursor. Whoever is willing to wait has a line, and is
/// there; others are answered from the log.
async fn events<P: Ports, V: TokenVerifier>(
    State(app): State<Arc<App<P, V>>>,
    headers: HeaderMap,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Events, ApiError> {
    let identity = bearer(&*app.verifier, &headers).await?;
    let (cursor, wait) = Asked::read(asked)?;
    let known = cursor
        .place
        .and_then(|place| Held::find(&app, place.line, &identity).map(|held| (held, place)));
    let Some((held, place)) = known else {
        if wait == 0 {
            let caller = from_nowhere(identity, app.gateway.chat().ports().ids());
            let told = changes(&app.gateway, &caller, cursor.since).await;
            return told.map_err(|refusal| refused(&refusal));
        }
        let held = Held::open(&app, identity).await?;
        let events = page(&app, &held, cursor.since, 0, wait).await?;
        return Ok(Events { opened: true, ..events });
    };
    if place.paging {
        return page(&app, &held, cursor.since, place.seen, wait).await;
    }
    let admitted = app.gateway.chat().admit(&held.caller().user).await;
    admitted.map_err(|refusal| refused(&refusal))?;
    match held.line().take(place.seen, Duration::from_secs(wait.into())).await {
        Brought::Frames(frames, seen) => {
            let place = Place { seen, ..place };
            let after = Cursor { place: Some(place), ..cursor };
            Ok(Events { frames, ..Events::none(after, wait) })
        }
        Brought::Astray(seen) => page(&app, &held, cursor.since, seen, wait).await,
        Brought::Closed(code) => {
            held.end();
            Ok(Events { closed: Some(code), ..Events::none(Cursor::at(cursor.since), wait) })
        }
    }
}

/// What changed since, before a line's own frames are brought, of which so many
/// have arrived.
async fn page<P: Ports, V: TokenVerifier>(
    app: &App<P, V>,
    held: &Held<P, V>,
    since: Since,
    seen: u64,
    wait: u8,
) -> Result<Events, ApiError> {
    let changed = changes(&app.gateway, held.caller(), since).await;
    let mut events = changed.map_err(|refusal| refused(&refusal))?;
    events.after.place = Some(Place { line: held.name(), seen, paging: events.more });
    Ok(Events { wait, ..events })
}

/// Over which line a frame comes.
#[derive(Debug, Deserialize)]
struct Over {
    /// The cursor of a poll that holds one.
    over: Option<String>,
}

/// Does what a frame asks. Over a line its answers come as the line's events;
/// without one they are the answer to the call.
async fn frames<P: Ports, V: TokenVerifier>(
    State(app): State<Arc<App<P, V>>>,
    headers: HeaderMap,
    over: Result<Query<Over>, QueryRejection>,
    frame: String,
) -> Result<Response, ApiError> {
    let identity = bearer(&*app.verifier, &headers).await?;
    let invalid = || refused(&Refusal::Invalid("over is the cursor of a poll."));
    let Query(Over { over }) = over.map_err(|_| invalid())?;
    let cursor = Cursor::parse(over.as_deref()).ok_or_else(invalid)?;
    let Some(Place { line, .. }) = cursor.place else {
        let caller = from_nowhere(identity, app.gateway.chat().ports().ids());
        return aizuchi_api::call(Arc::clone(&app.gateway), caller, frame).await;
    };
    let held = Held::find(&app, line, &identity)
        .ok_or_else(|| refused(&Refusal::NotFound("This line is over. Please poll anew.")))?;
    held.hear(frame).await?;
    Ok(Events::none(cursor, 0).into_response())
}
