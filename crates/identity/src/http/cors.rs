//! Calls from other origins: answered for the known ones, never with
//! credentials, and refused for all others.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use http::{
    HeaderMap, HeaderValue, Method, StatusCode,
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
        ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
    },
};

use super::{error::ApiError, origins::Origins};

/// Answers calls of known origins so that their scripts may read the answer,
/// preflight included, and refuses those of unknown ones.
pub fn cross_origin<S>(router: Router<S>, origins: Arc<Origins>) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    router.layer(from_fn_with_state(origins, answer))
}

async fn answer(State(origins): State<Arc<Origins>>, request: Request, next: Next) -> Response {
    let Some(origin) = request.headers().get(ORIGIN).cloned() else {
        return varied(next.run(request).await);
    };
    if !origin.to_str().is_ok_and(|origin| origins.allows(origin)) {
        return varied(ApiError::forbidden("This origin is not known here.").into_response());
    }
    let preflight = request.method() == Method::OPTIONS
        && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if preflight {
        let mut response = StatusCode::NO_CONTENT.into_response();
        permit(response.headers_mut());
        response
    } else {
        next.run(request).await
    };
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    varied(response)
}

fn permit(headers: &mut HeaderMap) {
    let permitted = [
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, DELETE"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type"),
        (ACCESS_CONTROL_MAX_AGE, "600"),
    ];
    for (name, value) in permitted {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// A cache must not give one origin's answer to another.
fn varied(mut response: Response) -> Response {
    response.headers_mut().append(VARY, HeaderValue::from_static("origin"));
    response
}
