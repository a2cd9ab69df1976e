//! What holds for every call, whoever serves it.

use std::time::Duration;

use aizuchi_identity::http::ApiError;
use aizuchi_wire::ErrorCode;
use axum::{
    Json, Router,
    extract::Request,
    http::{StatusCode, header},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
};
use tokio::time::timeout;

/// Answers for calls of these routes that do not come to their end within
/// `limit`, and says in JSON what a router only says by a status.
pub fn whole(routes: Router, limit: Duration) -> Router {
    routes.layer(from_fn(move |request, next| answer(limit, request, next)))
}

async fn answer(limit: Duration, request: Request, next: Next) -> Response {
    let Ok(mut answer) = timeout(limit, next.run(request)).await else {
        let late = "This took too long. Please try again.";
        return ApiError::new(ErrorCode::Unavailable, late).into_response();
    };
    // Not by a fallback of the router's: that would take preflights, too.
    if answer.status() == StatusCode::METHOD_NOT_ALLOWED {
        let wrong = "This address is not for this method.";
        let error = Json(ApiError::new(ErrorCode::InvalidRequest, wrong)).into_response();
        let (said, body) = error.into_parts();
        answer.headers_mut().extend(said.headers);
        answer.headers_mut().remove(header::CONTENT_LENGTH);
        *answer.body_mut() = body;
    }
    answer
}
