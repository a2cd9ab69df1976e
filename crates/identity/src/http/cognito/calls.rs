//! The first-party application's calls.

use aizuchi_core::{
    accounts::{Username, Visits},
    directory::{Directory, Profile},
};
use axum::{
    Json as Answer,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header::AUTHORIZATION};

use super::{Shared, SignedIn, session_over};
use crate::{
    cognito::{Failure, is_possible},
    http::{
        accounts::{Credentials, PasswordChange, UserAnswer, counted, no_store},
        body::Json,
        cookies::{Cookies, put},
        error::{ApiError, bearer},
        own::Farewell,
        rate::{Attempt, ClientAddress},
        relying_party::{Code, SignedOut, refresh_token, return_uri},
        visiting::{Use, failed, not_fresh},
        whereabouts::CalledFrom,
    },
    password::Password,
    pool::PoolError,
    relying_party::ExchangeError,
};

pub(super) async fn sign_up<D: Directory + Visits>(
    State(front): Shared<D>,
    address: ClientAddress,
    CalledFrom(from): CalledFrom,
    headers: HeaderMap,
    Json(body): Json<Credentials>,
) -> Result<Response, ApiError> {
    front.origins.only_own(&headers)?;
    let counted = counted(&body.user);
    front.limits.limit(Attempt::SignUp, address.0, &counted).map_err(PoolError::from)?;
    let name = Username::parse(&body.user).map_err(PoolError::from)?;
    let password = chosen(&body.password, &name)?;
    if front.directory.is_retired(name.folded()).await.map_err(failed)? {
        return Err(PoolError::NameTaken.into());
    }
    front.cognito.sign_up(&name, &password).await.map_err(|failure| match failure {
        Failure::Refused => ApiError::forbidden("Nobody can sign up here."),
        failure => failure.into(),
    })?;
    let tokens = front.cognito.sign_in(name.folded(), &password).await?;
    let identity = front.identity(&tokens).await?;
    front.visiting.note(&identity, from, Use::Begins).await?;
    let profile =
        Profile { user: identity.user.clone(), username: std::sync::Arc::clone(name.shown()) };
    if let Err(error) = front.directory.remember(&profile).await {
        // His first connection writes the folded name.
        tracing::warn!(error = &error as &dyn std::error::Error, "cannot write down a name");
    }
    let signed_in = SignedIn { tokens, identity, name: name.shown().to_string() };
    Ok(front.session(StatusCode::CREATED, signed_in, None))
}

pub(super) async fn sign_in<D: Directory + Visits>(
    State(front): Shared<D>,
    address: ClientAddress,
    CalledFrom(from): CalledFrom,
    headers: HeaderMap,
    Json(body): Json<Credentials>,
) -> Result<Response, ApiError> {
    front.origins.only_own(&headers)?;
    let tokens = front.limited_sign_in(address, &body.user, &body.password).await?;
    let signed_in = front.signed_in(tokens, from, Use::Begins).await?;
    Ok(front.session(StatusCode::OK, signed_in, None))
}

pub(super) async fn code<D: Directory + Visits>(
    State(front): Shared<D>,
    address: ClientAddress,
    CalledFrom(from): CalledFrom,
    headers: HeaderMap,
    Json(body): Json<Code>,
) -> Result<Response, ApiError> {
    let back = return_uri(&front.origins, &front.settings, &headers)?;
    front.limits.limit(Attempt::Refresh, address.0, "").map_err(PoolError::from)?;
    if body.redirect_uri != back {
        return Err(ApiError::invalid("The redirect URI is not the one of this page."));
    }
    let party = front.cognito.party();
    let tokens = party.exchange(&body.code, &body.verifier, &body.redirect_uri).await;
    let tokens = tokens.map_err(|error| match error {
        ExchangeError::Refused => PoolError::CodeRefused.into(),
        error => ApiError::from(error),
    })?;
    let signed_in = front.signed_in(tokens, from, Use::Begins).await?;
    Ok(front.session(StatusCode::OK, signed_in, None))
}

pub(super) async fn refresh<D: Directory + Visits>(
    State(front): Shared<D>,
    address: ClientAddress,
    CalledFrom(from): CalledFrom,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    front.origins.only_own(&headers)?;
    front.limits.limit(Attempt::Refresh, address.0, "").map_err(PoolError::from)?;
    let used = refresh_token(&front.settings, &headers).ok_or(PoolError::SessionOver)?;
    let tokens = front.cognito.refresh(&used).await.map_err(session_over)?;
    let signed_in = front.signed_in(tokens, from, Use::GoesOn).await?;
    Ok(front.session(StatusCode::OK, signed_in, Some(used)))
}

/// Ends what can be ended: the refresh token at Cognito, the cookie, and with
/// an access token, the sockets of its session.
pub(super) async fn sign_out<D: Directory + Visits>(
    State(front): Shared<D>,
    address: ClientAddress,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    let back = return_uri(&front.origins, &front.settings, &headers)?;
    front.limits.limit(Attempt::Refresh, address.0, "").map_err(PoolError::from)?;
    if headers.contains_key(AUTHORIZATION) {
        // Whoever has no token, or one that has expired, signs out all the same.
        if let Ok(caller) = bearer(&**front.cognito.verifier(), &headers).await {
            front.visiting.end_current(&caller).await;
        }
    }
    if let Some(token) = refresh_token(&front.settings, &headers)
        && let Err(Failure::Unavailable(error)) = front.cognito.revoke(&token).await
    {
        tracing::warn!(error = &error as &dyn std::error::Error, "cannot revoke a refresh token");
    }
    let mut answer = no_store();
    put(&mut answer, [Cookies(&front.settings).clear_refresh()]);
    let end_session = front.cognito.party().end_session_url(&back).map(String::from);
    Ok((answer, Answer(SignedOut { end_session })))
}

/// Changes the password, and ends every session: Cognito ends all of them or
/// none. A page that has the cookie gets another one, and stays.
pub(super) async fn change_password<D: Directory + Visits>(
    State(front): Shared<D>,
    address: ClientAddress,
    CalledFrom(from): CalledFrom,
    headers: HeaderMap,
    Json(body): Json<PasswordChange>,
) -> Result<impl IntoResponse, ApiError> {
    let caller = bearer(&**front.cognito.verifier(), &headers).await?;
    let name = Username::parse(&caller.username).map_err(PoolError::from)?;
    let next = chosen(&body.next, &name)?;
    // The caller's own token may be from the hosted pages, without the scope
    // that this takes; and so the current password is tried first.
    let current = Password::typed(&body.current).ok_or(PoolError::WrongCredentials)?;
    let tokens = front.limited_sign_in(address, name.folded(), &body.current).await?;
    front.cognito.change_password(&tokens.access, &current, &next).await?;
    if let Err(Failure::Unavailable(error)) =
        front.cognito.sign_out_everywhere(&tokens.access).await
    {
        tracing::warn!(error = &error as &dyn std::error::Error, "cannot end old sessions");
    }
    // The page that asks goes on by its token until it has the new session's.
    front.visiting.replace(&caller).await?;
    let mut answer = no_store();
    if front.origins.only_own(&headers).is_ok()
        && refresh_token(&front.settings, &headers).is_some()
        && let Ok(tokens) = front.cognito.sign_in(name.folded(), &next).await
    {
        let signed_in = front.signed_in(tokens, from, Use::Begins).await?;
        front.put_cookie(&mut answer, signed_in.tokens.refresh);
    }
    Ok((StatusCode::NO_CONTENT, answer))
}

/// Deletes the account of whoever says his password again, or has just signed
/// in on the hosted pages; Cognito deletes him only by the password.
pub(super) async fn leave<D: Directory + Visits>(
    State(front): Shared<D>,
    address: ClientAddress,
    headers: HeaderMap,
    Json(body): Json<Farewell>,
) -> Result<impl IntoResponse, ApiError> {
    let caller = bearer(&**front.cognito.verifier(), &headers).await?;
    let tokens = match &body.password {
        Some(password) => {
            let tokens = front.limited_sign_in(address, &caller.username, password).await?;
            if front.identity(&tokens).await?.user != caller.user {
                return Err(PoolError::WrongCredentials.into());
            }
            Some(tokens)
        }
        None if front.visiting.is_fresh(&caller).await? => None,
        None => return Err(not_fresh()),
    };
    // Before anything at Cognito, so that whoever tries again can.
    front.visiting.delete(&caller.user).await?;
    if let Some(tokens) = tokens {
        front.cognito.delete(&tokens.access).await?;
    }
    front.visiting.close_all(&caller.user).await?;
    let mut answer = no_store();
    put(&mut answer, [Cookies(&front.settings).clear_refresh()]);
    Ok((StatusCode::NO_CONTENT, answer))
}

pub(super) async fn me<D: Directory + Visits>(
    State(front): Shared<D>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    let caller = bearer(&**front.cognito.verifier(), &headers).await?;
    let (sub, username) = (caller.user.to_string(), front.name(&caller).await);
    Ok((no_store(), Answer(UserAnswer { sub, username, created_at: None })))
}

/// A new password, by the built-in pool's rules and Cognito's.
fn chosen(typed: &str, name: &Username) -> Result<Password, ApiError> {
    let password = Password::choose(typed, name).map_err(PoolError::from)?;
    if is_possible(&password) {
        Ok(password)
    } else {
        Err(ApiError::invalid("A password begins and ends with something else than a space."))
    }
}
