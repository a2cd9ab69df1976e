//! The hosted pages: sign-in, sign-up and sign-out in the shape that a Cognito
//! domain's have.
//!
//! Against login CSRF a form repeats the token of a cookie that is HttpOnly and
//! SameSite=Strict. A page cannot be framed, and goes back to nothing but an
//! exactly registered URI.

use aizuchi_core::accounts::{Accounts, SessionId, User, Whereabouts};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{
        CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, ORIGIN, REFERRER_POLICY,
        VARY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
    },
};
use maud::Markup;
use subtle::ConstantTimeEq;

use super::{
    Front, Shared,
    accounts::no_store,
    authorize::{AuthorizeRequest, BadLink, Flow, after_sign_out},
    body::{Form, Params, Query},
    cookies::put,
    error::ApiError,
    rate::ClientAddress,
    texts::Texts,
    views::{FormKind, FormView, STYLE, form, notice},
    whereabouts::CalledFrom,
};
use crate::{
    pool::{CodeRequest, PoolError},
    secret::{base64url, random},
};

/// `GET /login` and `GET /oauth2/authorize`.
pub(crate) async fn login<A: Accounts>(
    State(front): Shared<A>,
    headers: HeaderMap,
    Query(params): Query,
) -> Response {
    front.open_form(FormKind::SignIn, &headers, &params)
}

/// `GET /signup`.
pub(crate) async fn signup<A: Accounts>(
    State(front): Shared<A>,
    headers: HeaderMap,
    Query(params): Query,
) -> Response {
    front.open_form(FormKind::SignUp, &headers, &params)
}

/// `POST /login`.
pub(crate) async fn sign_in<A: Accounts>(
    State(front): Shared<A>,
    address: ClientAddress,
    from: CalledFrom,
    headers: HeaderMap,
    Query(params): Query,
    form: Result<Form, ApiError>,
) -> Response {
    front.submit(FormKind::SignIn, (address, from), &headers, &params, form).await
}

/// `POST /signup`.
pub(crate) async fn sign_up<A: Accounts>(
    State(front): Shared<A>,
    address: ClientAddress,
    from: CalledFrom,
    headers: HeaderMap,
    Query(params): Query,
    form: Result<Form, ApiError>,
) -> Response {
    front.submit(FormKind::SignUp, (address, from), &headers, &params, form).await
}

/// `GET /logout`: ends the sessions that these pages began in this browser, and
/// that of an `id_token_hint`.
pub(crate) async fn logout<A: Accounts>(
    State(front): Shared<A>,
    headers: HeaderMap,
    Query(params): Query,
) -> Response {
    let texts = Texts::of(&headers);
    let hint = params.get("id_token_hint").and_then(|token| front.verifier.hint(token));
    let mut sessions = front.cookies().sessions(&headers);
    sessions.extend(hint.as_ref().map(|(_, session)| *session));
    for session in sessions {
        if let Err(error) = front.pool.end_session(session).await {
            return unable(texts, error);
        }
    }
    let hinted = hint.as_ref().map(|(client, _)| client.as_str());
    let client = params.get("client_id").or(hinted);
    let mut response = match after_sign_out(&params, client, front.pool.settings()) {
        Ok(Some(uri)) => go(&uri),
        Ok(None) => page(StatusCode::OK, &notice(texts, texts.signed_out, texts.may_close), None),
        Err(problem) => bad_link(texts, problem),
    };
    put(response.headers_mut(), [front.cookies().clear_sessions()]);
    response
}

/// `GET /login/style.css`.
pub(crate) async fn style() -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=3600"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, STYLE)
}

impl<A: Accounts> Front<A> {
    fn open_form(&self, kind: FormKind, headers: &HeaderMap, params: &Params) -> Response {
        let texts = Texts::of(headers);
        match AuthorizeRequest::read(params, self.pool.settings()) {
            // These pages keep nobody signed in, so without a page nobody is.
            Ok(request) if request.silent => go(&request.back(&[("error", "login_required")])),
            Ok(request) => self.show(kind, headers, &request, "", None),
            Err(problem) => bad_link(texts, problem),
        }
    }

    /// The form, with the cookie that its token repeats.
    fn show(
        &self,
        kind: FormKind,
        headers: &HeaderMap,
        request: &AuthorizeRequest<'_>,
        name: &str,
        problem: Option<(StatusCode, &str)>,
    ) -> Response {
        let texts = Texts::of(headers);
        // One token a browser, so that its tabs do not undo each other's.
        let token = self.cookies().form(headers).filter(|token| is_form_token(token));
        let token = token.unwrap_or_else(|| base64url(&random::<32>()));
        let (status, problem) = problem.unzip();
        let view = FormView { kind, request, token: &token, name, problem };
        let content = form(texts, &view);
        let mut response =
            page(status.unwrap_or(StatusCode::OK), &content, Some(request.client.source()));
        put(response.headers_mut(), [self.cookies().set_form(&token)]);
        response
    }

    async fn submit(
        &self,
        kind: FormKind,
        (address, CalledFrom(from)): (ClientAddress, CalledFrom),
        headers: &HeaderMap,
        params: &Params,
        form: Result<Form, ApiError>,
    ) -> Response {
        let texts = Texts::of(headers);
        let request = match AuthorizeRequest::read(params, self.pool.settings()) {
            Ok(request) => request,
            Err(problem) => return bad_link(texts, problem),
        };
        let Form(form) = match form {
            Ok(form) => form,
            Err(error) => return error.into_response(),
        };
        let name = form.get("user").unwrap_or_default();
        if !self.is_ours(headers, &form) {
            let expired = Some((StatusCode::FORBIDDEN, texts.form_expired));
            return self.show(kind, headers, &request, name, expired);
        }
        let password = form.get("password").unwrap_or_default();
        let user = match kind {
            FormKind::SignIn => self.limited_sign_in(address, name, password).await,
            FormKind::SignUp => self.limited_sign_up(address, name, password).await,
        };
        match user {
            Ok(user) => match self.finish(&user, &request, from).await {
                Ok((uri, session)) => {
                    let mut response = go(&uri);
                    let kept = self.cookies().add_session(headers, session);
                    put(response.headers_mut(), [kept]);
                    response
                }
                Err(error) => unable(texts, error),
            },
            Err(error) => {
                let text = texts.problem(&error);
                let problem = (ApiError::from(error).status(), text);
                self.show(kind, headers, &request, name, Some(problem))
            }
        }
    }

    /// Whether a form was filled in on a page of ours, in this very browser.
    fn is_ours(&self, headers: &HeaderMap, form: &Params) -> bool {
        let origin = headers.get(ORIGIN).map(|origin| origin.to_str().unwrap_or_default());
        // Some browsers hide the origin of a form from the page's own server.
        if origin.is_some_and(|origin| origin != "null" && !self.origins.is_own(origin)) {
            return false;
        }
        let cookie = self.cookies().form(headers).filter(|token| is_form_token(token));
        let Some((cookie, field)) = cookie.zip(form.get("token")) else { return false };
        cookie.as_bytes().ct_eq(field.as_bytes()).into()
    }

    /// Where the browser goes with what the client asked for, and the session begun.
    async fn finish(
        &self,
        user: &User,
        request: &AuthorizeRequest<'_>,
        from: Whereabouts,
    ) -> Result<(String, SessionId), PoolError> {
        let client = request.client;
        match request.flow {
            Flow::Code(challenge) => {
                let asked = CodeRequest { client, challenge, nonce: request.nonce };
                let (code, session) = self.pool.issue_code(user, asked, from).await?;
                Ok((request.back(&[("code", &code)]), session))
            }
            Flow::Implicit => {
                let grant = self.pool.begin_implicit(user, client.id(), from).await?;
                let id_token = self.pool.id_token(&grant, request.nonce)?;
                let seconds = grant.expires_in.as_secs().to_string();
                let uri = request.back(&[
                    ("access_token", &grant.access_token),
                    ("id_token", &id_token),
                    ("token_type", "Bearer"),
                    ("expires_in", &seconds),
                ]);
                Ok((uri, grant.session))
            }
        }
    }
}

fn is_form_token(token: &str) -> bool {
    token.len() == 43 && token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

fn bad_link(texts: &Texts, problem: BadLink) -> Response {
    let content = notice(texts, texts.cannot, texts.bad_link(problem));
    page(StatusCode::BAD_REQUEST, &content, None)
}

fn unable(texts: &Texts, error: PoolError) -> Response {
    let status = ApiError::from(error).status();
    page(status, &notice(texts, texts.unavailable, ""), None)
}

fn go(uri: &str) -> Response {
    #[expect(
        clippy::expect_used,
        reason = "registered URIs are graphic ASCII, the rest is encoded"
    )]
    let location = HeaderValue::try_from(uri).expect("no control characters");
    let mut response = (StatusCode::SEE_OTHER, no_store()).into_response();
    response.headers_mut().insert(LOCATION, location);
    // The fragment may hold tokens, the query a code.
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// A page that runs nothing, loads its style sheet, cannot be framed, and posts
/// to the server itself; the answer to a post may redirect to `target`.
fn page(status: StatusCode, content: &Markup, target: Option<&str>) -> Response {
    let policy = format!(
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; \
         form-action 'self' {}",
        target.unwrap_or_default()
    );
    let mut response = (status, content.clone()).into_response();
    let headers = response.headers_mut();
    #[expect(clippy::expect_used, reason = "a registered URI's origin is graphic ASCII")]
    let policy = HeaderValue::try_from(policy.trim_end()).expect("no control characters");
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    let fixed: [(HeaderName, &str); 5] = [
        (X_FRAME_OPTIONS, "DENY"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (REFERRER_POLICY, "same-origin"),
        (CACHE_CONTROL, "no-store"),
        (VARY, "accept-language"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
