//! The machine's side of OAuth 2 and OpenID Connect. Errors are those of
//! RFC 6749, since that is what its clients read.

use std::borrow::Cow;

use aizuchi_core::accounts::{Accounts, Whereabouts};
use aizuchi_wire::ErrorCode;
use axum::{
    Json as Answer,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header::WWW_AUTHENTICATE};
use serde::Serialize;
use serde_json::json;

use super::{
    Front, Shared,
    accounts::no_store,
    body::{Form, Params},
    error::{ApiError, bearer},
    rate::{Attempt, ClientAddress},
};
use crate::pool::{Grant, PoolError};

/// An error of RFC 6749, section 5.2.
#[derive(Debug, Serialize)]
pub(crate) struct OAuthError {
    error: &'static str,
    error_description: Cow<'static, str>,
    #[serde(skip)]
    status: StatusCode,
}

impl OAuthError {
    fn new(error: &'static str, description: impl Into<Cow<'static, str>>) -> Self {
        Self { error, error_description: description.into(), status: StatusCode::BAD_REQUEST }
    }

    fn missing(name: &str) -> Self {
        Self::new("invalid_request", format!("The parameter {name} is missing."))
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        (self.status, no_store(), Answer(self)).into_response()
    }
}

impl From<PoolError> for OAuthError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::SessionOver | PoolError::CodeRefused => {
                Self::new("invalid_grant", error.to_string())
            }
            error => ApiError::from(error).into(),
        }
    }
}

impl From<ApiError> for OAuthError {
    fn from(error: ApiError) -> Self {
        let name = match error.code() {
            ErrorCode::RateLimited | ErrorCode::Unavailable => "temporarily_unavailable",
            _ => "invalid_request",
        };
        Self { status: error.status(), ..Self::new(name, "Not now, or not like this.") }
    }
}

#[derive(Serialize)]
struct TokenAnswer {
    access_token: String,
    token_type: &'static str,
    expires_in: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    id_token: String,
}

/// `POST /oauth2/token`: a code or a refresh token for fresh tokens.
pub(crate) async fn token<A: Accounts>(
    State(front): Shared<A>,
    address: ClientAddress,
    form: Result<Form, ApiError>,
) -> Result<impl IntoResponse, OAuthError> {
    let Form(form) = form?;
    front.limits.limit(Attempt::Refresh, address.0, "").map_err(PoolError::from)?;
    let client = needed(&form, "client_id")?;
    if !front.pool.settings().clients.iter().any(|known| known.id() == client) {
        return Err(OAuthError::new("invalid_client", "This client is not registered."));
    }
    let (grant, nonce) = match needed(&form, "grant_type")? {
        "authorization_code" => exchange(&front, &form, client).await?,
        "refresh_token" => {
            let token = needed(&form, "refresh_token")?;
            // Of a client's machine, which may be no device of the person's.
            let grant = front.pool.refresh(token, client, Whereabouts::default()).await?;
            (grant, None)
        }
        _ => {
            return Err(OAuthError::new(
                "unsupported_grant_type",
                "Send a code or a refresh token.",
            ));
        }
    };
    let id_token = front.pool.id_token(&grant, nonce.as_deref())?;
    let answer = TokenAnswer {
        access_token: grant.access_token,
        token_type: "Bearer",
        expires_in: grant.expires_in.as_secs(),
        refresh_token: grant.refresh_token,
        id_token,
    };
    Ok((no_store(), Answer(answer)))
}

async fn exchange<A: Accounts>(
    front: &Front<A>,
    form: &Params,
    client: &str,
) -> Result<(Grant, Option<std::sync::Arc<str>>), OAuthError> {
    let code = needed(form, "code")?;
    let verifier = needed(form, "code_verifier")?;
    let redirect_uri = needed(form, "redirect_uri")?;
    Ok(front.pool.exchange(code, verifier, client, redirect_uri).await?)
}

fn needed<'a>(form: &'a Params, name: &str) -> Result<&'a str, OAuthError> {
    form.get(name).ok_or_else(|| OAuthError::missing(name))
}

/// `POST /oauth2/revoke` (RFC 7009): ends the session of a refresh token. A
/// token that is none is no error.
pub(crate) async fn revoke<A: Accounts>(
    State(front): Shared<A>,
    form: Result<Form, ApiError>,
) -> Result<impl IntoResponse, OAuthError> {
    let Form(form) = form?;
    front.pool.sign_out(needed(&form, "token")?).await?;
    Ok((StatusCode::OK, no_store()))
}

#[derive(Serialize)]
struct UserInfo {
    sub: String,
    username: String,
    preferred_username: String,
}

/// `GET /oauth2/userInfo`: who the Bearer token is.
pub(crate) async fn user_info<A: Accounts>(
    State(front): Shared<A>,
    headers: HeaderMap,
) -> Response {
    match bearer(&*front.verifier, &headers).await {
        Ok(caller) => {
            let name = caller.username.to_string();
            let answer = UserInfo {
                sub: caller.user.to_string(),
                preferred_username: name.clone(),
                username: name,
            };
            (no_store(), Answer(answer)).into_response()
        }
        Err(error) if error.code() == ErrorCode::Unauthorized => {
            let mut response = error.into_response();
            let challenge = HeaderValue::from_static(r#"Bearer error="invalid_token""#);
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
            response
        }
        Err(error) => error.into_response(),
    }
}

/// `GET /.well-known/jwks.json`.
pub(crate) async fn jwks<A: Accounts>(State(front): Shared<A>) -> impl IntoResponse {
    Answer(front.pool.jwks().clone())
}

/// `GET /.well-known/openid-configuration`: true to what is offered.
pub(crate) async fn discovery<A: Accounts>(State(front): Shared<A>) -> impl IntoResponse {
    let settings = front.pool.settings();
    let issuer = settings.issuer();
    let implicit = settings.clients.iter().any(|client| client.implicit());
    let (responses, grants): (&[_], &[_]) = if implicit {
        let responses = &["code", "token", "id_token token"];
        (responses, &["authorization_code", "refresh_token", "implicit"])
    } else {
        (&["code"], &["authorization_code", "refresh_token"])
    };
    Answer(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/oauth2/authorize"),
        "token_endpoint": format!("{issuer}/oauth2/token"),
        "revocation_endpoint": format!("{issuer}/oauth2/revoke"),
        "userinfo_endpoint": format!("{issuer}/oauth2/userInfo"),
        "end_session_endpoint": format!("{issuer}/logout"),
        "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
        "response_types_supported": responses,
        "response_modes_supported": if implicit { vec!["query", "fragment"] } else { vec!["query"] },
        "grant_types_supported": grants,
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "scopes_supported": ["openid"],
        "prompt_values_supported": ["none", "login"],
        "claims_supported": [
            "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "sid",
            "preferred_username", "cognito:username",
        ],
    }))
}
