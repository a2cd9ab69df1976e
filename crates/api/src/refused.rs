//! A refusal as the HTTP side tells it.

use aizuchi_core::outcome::Refusal;
use aizuchi_gateway::encode::told;
use aizuchi_identity::http::ApiError;

/// What a client is told of a refusal. Its cause goes to the log.
pub fn refused(refusal: &Refusal) -> ApiError {
    if let Refusal::Port(failure) = refusal {
        let cause = std::error::Error::source(failure).map(ToString::to_string);
        tracing::error!(error = %failure, cause, "a port failed");
    }
    let (code, sentence) = told(refusal);
    let error = ApiError::new(code, sentence);
    match refusal {
        Refusal::RateLimited { retry_after_ms } => error.retry_after(*retry_after_ms),
        _ => error,
    }
}
