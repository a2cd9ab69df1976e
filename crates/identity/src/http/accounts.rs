//! The first-party application's calls: sign-up, sign-in and their siblings.

use std::sync::Arc;

use aizuchi_core::accounts::{Accounts, User, Username};
use axum::{Json as Answer, extract::State, response::IntoResponse};
use http::{HeaderMap, HeaderValue, StatusCode, header::CACHE_CONTROL};
use serde::{Deserialize, Serialize};

use super::{
    Front, Shared,
    body::Json,
    cookies::{Cookies, put},
    error::{ApiError, bearer},
    rate::{Attempt, ClientAddress},
    whereabouts::CalledFrom,
};
use crate::{
    pool::{Grant, PoolError},
    settings::FIRST_PARTY,
};

#[derive(Deserialize)]
pub(crate) struct Credentials {
    pub(crate) user: String,
    pub(crate) password: String,
}

#[derive(Deserialize)]
pub(crate) struct PasswordChange {
    pub(crate) current: String,
    pub(crate) next: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionAnswer {
    pub(crate) token: String,
    /// Seconds.
    pub(crate) expires_in: u64,
    pub(crate) user: UserAnswer,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserAnswer {
    pub(crate) sub: String,
    pub(crate) username: String,
    /// In ms since the epoch; another issuer does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) created_at: Option<u64>,
}

impl<A: Accounts> Front<A> {
    pub(crate) fn cookies(&self) -> Cookies<'_> {
        Cookies(self.pool.settings())
    }

    /// Cookies of the browser are for the server's own pages alone.
    fn own_origin(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        self.origins.only_own(headers).map(drop)
    }

    /// A new person, unless too many sign up from here.
    pub(crate) async fn limited_sign_up(
        &self,
        address: ClientAddress,
        name: &str,
        password: &str,
    ) -> Result<User, PoolError> {
        self.limits.limit(Attempt::SignUp, address.0, &counted(name))?;
        self.pool.add_user(name, password).await
    }

    /// Whoever has this name and password, unless too many tries failed.
    pub(crate) async fn limited_sign_in(
        &self,
        address: ClientAddress,
        name: &str,
        password: &str,
    ) -> Result<User, PoolError> {
        let counted = counted(name);
        self.limits.limit(Attempt::SignIn, address.0, &counted)?;
        let user = self.pool.authenticate(name, password).await;
        if !matches!(user, Err(PoolError::WrongCredentials)) {
            self.limits.right(address.0, &counted);
        }
        user
    }

    fn session(&self, status: StatusCode, grant: Grant) -> impl IntoResponse + use<A> {
        let answer = SessionAnswer {
            token: grant.access_token,
            expires_in: grant.expires_in.as_secs(),
            user: UserAnswer {
                sub: grant.user.to_string(),
                username: grant.username.to_string(),
                created_at: None,
            },
        };
        let mut headers = no_store();
        put(&mut headers, grant.refresh_token.map(|token| self.cookies().set_refresh(token)));
        (status, headers, Answer(answer))
    }
}

/// The name that a try counts against; those that cannot be one share a count.
pub(crate) fn counted(name: &str) -> String {
    Username::parse(name).map(|name| name.folded().to_owned()).unwrap_or_default()
}

pub(crate) fn no_store() -> HeaderMap {
    HeaderMap::from_iter([(CACHE_CONTROL, HeaderValue::from_static("no-store"))])
}

pub(crate) async fn sign_up<A: Accounts>(
    State(front): Shared<A>,
    address: ClientAddress,
    CalledFrom(from): CalledFrom,
    headers: HeaderMap,
    Json(body): Json<Credentials>,
) -> Result<impl IntoResponse, ApiError> {
    front.own_origin(&headers)?;
    let user = front.limited_sign_up(address, &body.user, &body.password).await?;
    let grant = front.pool.begin(&user, FIRST_PARTY, from).await?;
    Ok(front.session(StatusCode::CREATED, grant))
}

pub(crate) async fn sign_in<A: Accounts>(
    State(front): Shared<A>,
    address: ClientAddress,
    CalledFrom(from): CalledFrom,
    headers: HeaderMap,
    Json(body): Json<Credentials>,
) -> Result<impl IntoResponse, ApiError> {
    front.own_origin(&headers)?;
    let user = front.limited_sign_in(address, &body.user, &body.password).await?;
    let grant = front.pool.begin(&user, FIRST_PARTY, from).await?;
    Ok(front.session(StatusCode::OK, grant))
}

pub(crate) async fn refresh<A: Accounts>(
    State(front): Shared<A>,
    address: ClientAddress,
    CalledFrom(from): CalledFrom,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    front.own_origin(&headers)?;
    front.limits.limit(Attempt::Refresh, address.0, "").map_err(PoolError::from)?;
    let token = front.cookies().refresh(&headers).ok_or(PoolError::SessionOver)?;
    let grant = front.pool.refresh(&token, FIRST_PARTY, from).await?;
    Ok(front.session(StatusCode::OK, grant))
}

pub(crate) async fn sign_out<A: Accounts>(
    State(front): Shared<A>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    front.own_origin(&headers)?;
    if let Some(token) = front.cookies().refresh(&headers) {
        front.pool.sign_out(&token).await?;
    }
    let mut answer = no_store();
    put(&mut answer, [front.cookies().clear_refresh()]);
    Ok((StatusCode::NO_CONTENT, answer))
}

pub(crate) async fn change_password<A: Accounts>(
    State(front): Shared<A>,
    address: ClientAddress,
    headers: HeaderMap,
    Json(body): Json<PasswordChange>,
) -> Result<impl IntoResponse, ApiError> {
    let caller = bearer(&*front.verifier, &headers).await?;
    let name = counted(&caller.username);
    front.limits.limit(Attempt::SignIn, address.0, &name).map_err(PoolError::from)?;
    let (current, next) = (&body.current, &body.next);
    let changed = front.pool.change_password(&caller.user, caller.session, current, next).await;
    if !matches!(changed, Err(PoolError::WrongCredentials)) {
        front.limits.right(address.0, &name);
    }
    changed?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn me<A: Accounts>(
    State(front): Shared<A>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    let caller = bearer(&*front.verifier, &headers).await?;
    let user = front.pool.user(&caller.user).await?;
    let answer = UserAnswer {
        sub: user.id.to_string(),
        username: Arc::clone(user.username.shown()).to_string(),
        created_at: Some(user.created_at),
    };
    Ok((no_store(), Answer(answer)))
}
