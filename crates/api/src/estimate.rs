//! `GET /api/estimate`: what a chat would cost, for anybody who asks.

use aizuchi_core::clock::{Clock, SystemClock};
use aizuchi_estimate::{answer, date_of};
use aizuchi_identity::http::ApiError;
use aizuchi_wire::ErrorCode;
use axum::{
    Json,
    http::Uri,
    response::{IntoResponse, Response},
};

/// The estimate of the usage that the query describes, by the prices of the
/// data file; how old these are is told by today's date.
pub(crate) async fn estimate(uri: Uri) -> Result<Response, ApiError> {
    let today = date_of(SystemClock.now_ms());
    let estimate = answer(uri.query().unwrap_or_default(), today);
    let estimate = estimate
        .map_err(|invalid| ApiError::new(ErrorCode::InvalidRequest, invalid.to_string()))?;
    Ok(Json(estimate).into_response())
}
