//! What a client is told when something goes wrong. The operator's text goes
//! to the log instead.

use aizuchi_core::identity::{Identity, TokenError, TokenVerifier};
use aizuchi_wire::ErrorCode;
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{AUTHORIZATION, CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE},
};
use serde::Serialize;

use crate::pool::PoolError;

/// An error of a JSON call: a code of the closed list and a sentence.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiError {
    code: ErrorCode,
    error: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u64>,
}

impl ApiError {
    /// An error with a sentence for the client.
    pub fn new(code: ErrorCode, sentence: impl Into<String>) -> Self {
        Self { code, error: sentence.into(), retry_after_ms: None }
    }

    /// The same, with when it may be tried again.
    pub fn retry_after(self, ms: u64) -> Self {
        Self { retry_after_ms: Some(ms), ..self }
    }

    pub(crate) fn invalid(sentence: &str) -> Self {
        Self::new(ErrorCode::InvalidRequest, sentence)
    }

    pub(crate) fn unauthorized(sentence: &str) -> Self {
        Self::new(ErrorCode::Unauthorized, sentence)
    }

    pub(crate) fn forbidden(sentence: &str) -> Self {
        Self::new(ErrorCode::Forbidden, sentence)
    }

    /// The code.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    pub(crate) fn unavailable() -> Self {
        Self::new(
            ErrorCode::Unavailable,
            "The server cannot do this at the moment. Try again shortly.",
        )
    }

    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, retry) = (self.status(), self.retry_after_ms);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(ms) = retry {
            headers.insert(RETRY_AFTER, HeaderValue::from(ms.div_ceil(1000)));
        }
        response
    }
}

impl From<PoolError> for ApiError {
    fn from(error: PoolError) -> Self {
        let code = match &error {
            PoolError::Username(_) | PoolError::Password(_) => ErrorCode::InvalidRequest,
            PoolError::CodeRefused => ErrorCode::InvalidRequest,
            PoolError::NameTaken => ErrorCode::Conflict,
            PoolError::WrongCredentials | PoolError::SessionOver => ErrorCode::Unauthorized,
            PoolError::Disabled => ErrorCode::Forbidden,
            PoolError::NobodyNamed => ErrorCode::NotFound,
            PoolError::Busy { retry_after_ms } | PoolError::TooOften { retry_after_ms } => {
                let mut limited = Self::new(ErrorCode::RateLimited, error.to_string());
                limited.retry_after_ms = Some(*retry_after_ms);
                return limited;
            }
            PoolError::Store(_) | PoolError::Signing(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the user pool failed");
                return Self::unavailable();
            }
        };
        Self::new(code, error.to_string())
    }
}

impl From<TokenError> for ApiError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Expired => Self::unauthorized("The access token has expired."),
            TokenError::Refused(why) => {
                tracing::debug!(why, "an access token was refused");
                Self::unauthorized("The access token is not valid.")
            }
            TokenError::Unavailable(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "cannot verify tokens");
                Self::unavailable()
            }
        }
    }
}

/// Who calls, by the Bearer token of the `Authorization` header.
pub async fn bearer(
    verifier: &impl TokenVerifier,
    headers: &HeaderMap,
) -> Result<Identity, ApiError> {
    let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = header.and_then(|header| {
        let (scheme, token) = header.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    });
    let token = token.filter(|token| !token.is_empty());
    let token = token.ok_or_else(|| ApiError::unauthorized("An access token is needed."))?;
    Ok(verifier.verify(token).await?)
}
