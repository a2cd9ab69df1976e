//! Level 0's sign-in: tokens in the body, for clients without cookies.

use aizuchi_core::{
    accounts::{Visits, fold},
    directory::Directory,
};
use axum::{Json as Answer, extract::State, response::IntoResponse};

use super::{Shared, SignedIn, session_over};
use crate::{
    http::{
        accounts::{Credentials, no_store},
        body::Json,
        error::ApiError,
        level0::{Refresh, Tokens},
        rate::{Attempt, ClientAddress},
        visiting::Use,
        whereabouts::CalledFrom,
    },
    pool::PoolError,
};

pub(super) async fn sign_in<D: Directory + Visits>(
    State(front): Shared<D>,
    address: ClientAddress,
    CalledFrom(from): CalledFrom,
    Json(body): Json<Credentials>,
) -> Result<impl IntoResponse, ApiError> {
    let tokens = front.limited_sign_in(address, &body.user, &body.password).await?;
    Ok(answer(front.signed_in(tokens, from, Use::Begins).await?, None))
}

pub(super) async fn refresh<D: Directory + Visits>(
    State(front): Shared<D>,
    address: ClientAddress,
    CalledFrom(from): CalledFrom,
    Json(body): Json<Refresh>,
) -> Result<impl IntoResponse, ApiError> {
    front.limits.limit(Attempt::Refresh, address.0, "").map_err(PoolError::from)?;
    let tokens = front.cognito.refresh(&body.refresh).await.map_err(session_over)?;
    let signed_in = front.signed_in(tokens, from, Use::GoesOn).await?;
    if fold(&signed_in.identity.username) != fold(&body.user) {
        return Err(PoolError::SessionOver.into());
    }
    Ok(answer(signed_in, Some(body.refresh)))
}

fn answer(signed_in: SignedIn, used: Option<String>) -> impl IntoResponse {
    let SignedIn { tokens, name: user, .. } = signed_in;
    let refresh = tokens.refresh.or(used);
    (no_store(), Answer(Tokens { token: tokens.access, refresh, user }))
}
