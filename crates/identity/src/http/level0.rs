//! Level 0's sign-in: tokens in the body, for clients without cookies.

use aizuchi_core::accounts::{Accounts, fold};
use axum::{Json as Answer, extract::State, response::IntoResponse};
use serde::{Deserialize, Serialize};

use super::{
    Shared,
    accounts::{Credentials, no_store},
    body::Json,
    error::ApiError,
    rate::{Attempt, ClientAddress},
    whereabouts::CalledFrom,
};
use crate::{
    pool::{Grant, PoolError},
    settings::FIRST_PARTY,
};

#[derive(Deserialize)]
pub(crate) struct Refresh {
    pub(crate) user: String,
    pub(crate) refresh: String,
}

#[derive(Serialize)]
pub(crate) struct Tokens {
    pub(crate) token: String,
    pub(crate) refresh: Option<String>,
    pub(crate) user: String,
}

impl From<Grant> for Tokens {
    fn from(grant: Grant) -> Self {
        let Grant { access_token: token, refresh_token: refresh, username, .. } = grant;
        Self { token, refresh, user: username.to_string() }
    }
}

pub(crate) async fn sign_in<A: Accounts>(
    State(front): Shared<A>,
    address: ClientAddress,
    CalledFrom(from): CalledFrom,
    Json(body): Json<Credentials>,
) -> Result<impl IntoResponse, ApiError> {
    let user = front.limited_sign_in(address, &body.user, &body.password).await?;
    let grant = front.pool.begin(&user, FIRST_PARTY, from).await?;
    Ok((no_store(), Answer(Tokens::from(grant))))
}

pub(crate) async fn refresh<A: Accounts>(
    State(front): Shared<A>,
    address: ClientAddress,
    CalledFrom(from): CalledFrom,
    Json(body): Json<Refresh>,
) -> Result<impl IntoResponse, ApiError> {
    front.limits.limit(Attempt::Refresh, address.0, "").map_err(PoolError::from)?;
    let grant = front.pool.refresh(&body.refresh, FIRST_PARTY, from).await?;
    if fold(&grant.username) != fold(&body.user) {
        return Err(PoolError::SessionOver.into());
    }
    Ok((no_store(), Answer(Tokens::from(grant))))
}
