//! The server as a client of another issuer. Codes and refresh tokens are
//! exchanged here, so that no page ever holds a refresh token.

mod renewals;

use std::{fmt, sync::Arc};

use aizuchi_core::{clock::Clock, error::PortError};
use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderMap, HeaderValue, StatusCode, header::AUTHORIZATION};
use serde::Deserialize;
use url::{Url, form_urlencoded};

use self::renewals::Renewals;
use crate::remote::{BadAnswer, Remote, secure, unavailable};

/// A client's secret. It shows itself to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientSecret(String);

impl ClientSecret {
    /// The secret as the issuer gave it.
    pub fn new(secret: String) -> Self {
        Self(secret)
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret(…)")
    }
}

/// How the application is registered at another issuer.
#[derive(Debug, Clone)]
pub struct ClientSettings {
    /// Its client id.
    pub id: String,
    /// For a confidential client; a public one has none.
    pub secret: Option<ClientSecret>,
    /// What it asks for, as in `openid offline_access`.
    pub scope: String,
}

/// Why an issuer gave no tokens.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The code or the refresh token is not good, or no more.
    #[error("the issuer refused the grant")]
    Refused,
    /// More refreshes than can be remembered. Trying again later may succeed.
    #[error("too many refreshes at once")]
    TooMany,
    /// The issuer did not answer, or does not know the client.
    #[error(transparent)]
    Unavailable(#[from] PortError),
}

/// What an issuer gives. Without `Debug`, since all of it is secret.
#[derive(Clone)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    /// Absent where the one that was used stays good.
    pub(crate) refresh: Option<String>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    token_type: Option<String>,
    refresh_token: Option<String>,
}

#[derive(Deserialize)]
struct ErrorAnswer {
    error: String,
}

/// Where an issuer does what it does.
#[derive(Debug, Clone)]
pub struct Endpoints {
    /// Where people sign in.
    pub authorization: Url,
    /// Where codes and refresh tokens are exchanged.
    pub token: Url,
    /// Where refresh tokens are revoked.
    pub revocation: Option<Url>,
    /// Where people sign out.
    pub end_session: Option<Url>,
}

impl Endpoints {
    /// Those of the hosted pages of an Amazon Cognito user pool, as in
    /// `https://{name}.auth.{region}.amazoncognito.com`.
    pub fn of_cognito(pages: &Url) -> Self {
        let at = |path: &str| {
            let mut url = pages.clone();
            url.set_path(&format!("{}{path}", pages.path().trim_end_matches('/')));
            url
        };
        Self {
            authorization: at("/oauth2/authorize"),
            token: at("/oauth2/token"),
            revocation: Some(at("/oauth2/revoke")),
            end_session: Some(at("/logout")),
        }
    }
}

/// The application as a client of one issuer.
pub struct RelyingParty {
    client: ClientSettings,
    endpoints: Endpoints,
    remote: Remote,
    renewals: Renewals,
}

impl RelyingParty {
    /// Asks the issuer for its endpoints, once: an issuer that moves them wants
    /// a restart.
    ///
    /// # Errors
    /// Where the issuer is out of reach, or an endpoint is missing or neither
    /// https nor on this machine.
    pub async fn discover(
        issuer: &str,
        client: ClientSettings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, PortError> {
        let remote = Remote::new()?;
        let told = remote.discover(issuer).await.map_err(unavailable)?;
        let endpoints = Endpoints {
            authorization: told.authorization().map_err(unavailable)?,
            token: told.token().map_err(unavailable)?,
            revocation: told.revocation().map_err(unavailable)?,
            end_session: told.end_session().map_err(unavailable)?,
        };
        Self::over(remote, endpoints, client, clock)
    }

    /// With endpoints that are known: that spares the start a round trip.
    ///
    /// # Errors
    /// Where an endpoint is neither https nor on this machine.
    pub fn at(
        endpoints: Endpoints,
        client: ClientSettings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, PortError> {
        Self::over(Remote::new()?, endpoints, client, clock)
    }

    /// The same, over a way to the issuer that others use too.
    pub(crate) fn over(
        remote: Remote,
        endpoints: Endpoints,
        client: ClientSettings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, PortError> {
        let all = [
            ("authorization_endpoint", Some(&endpoints.authorization)),
            ("token_endpoint", Some(&endpoints.token)),
            ("revocation_endpoint", endpoints.revocation.as_ref()),
            ("end_session_endpoint", endpoints.end_session.as_ref()),
        ];
        for (name, url) in all {
            url.map_or(Ok(()), |url| secure(name, url)).map_err(unavailable)?;
        }
        Ok(Self { client, endpoints, remote, renewals: Renewals::new(clock) })
    }

    /// Where people sign in. What belongs to one sign-in is still to be added:
    /// `redirect_uri`, `state` and `code_challenge`.
    pub fn authorize_url(&self) -> Url {
        let mut url = self.endpoints.authorization.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.client.id)
            .append_pair("scope", &self.client.scope);
        url
    }

    /// Where a browser signs out, to come back to `back`.
    pub(crate) fn end_session_url(&self, back: &str) -> Option<Url> {
        let mut url = self.endpoints.end_session.clone()?;
        url.query_pairs_mut()
            .append_pair("client_id", &self.client.id)
            .append_pair("post_logout_redirect_uri", back)
            // Amazon Cognito's name for it.
            .append_pair("logout_uri", back);
        Some(url)
    }

    /// Exchanges an authorization code.
    pub(crate) async fn exchange(
        &self,
        code: &str,
        verifier: &str,
        redirect_uri: &str,
    ) -> Result<Tokens, ExchangeError> {
        let grant = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("code_verifier", verifier),
            ("redirect_uri", redirect_uri),
        ];
        self.ask(&grant).await
    }

    /// Uses a refresh token. Whoever brings the same one meanwhile, or within a
    /// minute after it was replaced, has the same outcome: tabs race, and an
    /// issuer may take a second use for theft.
    pub(crate) async fn renew(self: &Arc<Self>, token: String) -> Result<Tokens, ExchangeError> {
        let party = Arc::clone(self);
        // On a task of its own: were the caller to go away between the issuer's
        // answer and ours, the successor would be lost.
        let renewal = tokio::spawn(async move {
            let grant = [("grant_type", "refresh_token"), ("refresh_token", &token)];
            party.renewals.once(&token, party.ask(&grant)).await
        });
        renewal.await.map_err(unavailable)?
    }

    /// Ends what a refresh token stands for, where the issuer lets one.
    pub(crate) async fn revoke(&self, token: &str) -> Result<(), PortError> {
        self.renewals.forget(token);
        let Some(url) = &self.endpoints.revocation else { return Ok(()) };
        let form = [("token", token), ("token_type_hint", "refresh_token")];
        let (status, _) = self.post(url, &form).await?;
        if status.is_success() { Ok(()) } else { Err(unavailable(BadAnswer::Status(status))) }
    }

    async fn ask(&self, grant: &[(&str, &str)]) -> Result<Tokens, ExchangeError> {
        let (status, body) = self.post(&self.endpoints.token, grant).await?;
        if status.is_success() {
            return Ok(tokens(&body).ok_or(BadAnswer::NoTokens).map_err(unavailable)?);
        }
        match serde_json::from_slice(&body) {
            Ok(ErrorAnswer { error }) if error == "invalid_grant" => Err(ExchangeError::Refused),
            Ok(ErrorAnswer { error }) if status.is_client_error() && is_plain(&error) => {
                Err(unavailable(BadAnswer::Client(status, error)).into())
            }
            _ => Err(unavailable(BadAnswer::Status(status)).into()),
        }
    }

    /// Posts as the client.
    async fn post(
        &self,
        url: &Url,
        form: &[(&str, &str)],
    ) -> Result<(StatusCode, Vec<u8>), PortError> {
        let (mut form, mut headers) = (form.to_vec(), HeaderMap::new());
        match &self.client.secret {
            Some(secret) => {
                headers.insert(AUTHORIZATION, basic(&self.client.id, &secret.0));
            }
            None => form.push(("client_id", &self.client.id)),
        }
        self.remote.post(url, headers, &form).await.map_err(unavailable)
    }
}

/// serde's own text could quote a token.
fn tokens(body: &[u8]) -> Option<Tokens> {
    let answer: TokenAnswer = serde_json::from_slice(body).ok()?;
    let bearer = answer.token_type.is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"));
    bearer.then_some(Tokens { access: answer.access_token, refresh: answer.refresh_token })
}

/// An error code as RFC 6749 has them: nothing that could not be logged.
fn is_plain(error: &str) -> bool {
    error.len() <= 64 && error.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// HTTP Basic with both parts encoded first (RFC 6749, section 2.3.1).
fn basic(id: &str, secret: &str) -> HeaderValue {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = BASE64_STANDARD.encode(format!("{}:{}", encode(id), encode(secret)));
    #[expect(clippy::expect_used, reason = "base64 is graphic ASCII")]
    let mut header = HeaderValue::try_from(format!("Basic {pair}")).expect("plain characters");
    header.set_sensitive(true);
    header
}
