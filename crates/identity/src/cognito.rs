//! An Amazon Cognito user pool in the place of the built-in one, by its own
//! API: what a person does without the hosted pages.
//!
//! # Names
//! Two names are one person's where their folded forms are equal, and Cognito
//! does not fold as we do (nor always at all). So its username is the folded
//! name, which makes Cognito itself keep names apart. The name as it was typed
//! is what others see: it is written to the directory at sign-up, and to
//! `preferred_username`, so that it is in the pool too. Access tokens bear the
//! folded one alone, which says nothing of how the name is written.

use std::{fmt, sync::Arc};

use aizuchi_core::{accounts::Username, clock::Clock, error::PortError};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::{
    jwks::IssuerSettings,
    password::Password,
    products::Products,
    relying_party::{ClientSettings, Endpoints, RelyingParty, Tokens},
    remote::{BadAnswer, Remote, secure, unavailable},
    verify::Verifier,
};

/// Where a user pool is, and who the application is to it.
#[derive(Debug, Clone)]
pub struct CognitoSettings {
    /// Exactly what its tokens have as `iss`:
    /// `https://cognito-idp.{region}.amazonaws.com/{pool}`.
    pub issuer: String,
    /// Where its keys are; below the issuer where this is `None`.
    pub jwks_url: Option<Url>,
    /// The application's id there: a client without a secret, with
    /// `ALLOW_USER_PASSWORD_AUTH`, `EnableTokenRevocation` and the code flow.
    pub client_id: String,
    /// Its API: `https://cognito-idp.{region}.amazonaws.com/`.
    pub api_url: Url,
    /// Its hosted pages: `https://{name}.auth.{region}.amazoncognito.com`.
    pub sign_in_url: Url,
}

impl CognitoSettings {
    /// What a verifier of its tokens needs, without the rest.
    ///
    /// # Errors
    /// Where the issuer is no URL.
    pub fn tokens(&self) -> Result<IssuerSettings, PortError> {
        let keys = || format!("{}/.well-known/jwks.json", self.issuer.trim_end_matches('/'));
        let keys = self.jwks_url.clone().map_or_else(|| Url::parse(&keys()), Ok);
        Ok(IssuerSettings {
            issuer: self.issuer.clone(),
            jwks_url: Some(keys.map_err(|_| unavailable(BadAnswer::Address))?),
            audiences: vec![self.client_id.clone()],
        })
    }
}

/// A user pool, its hosted pages and its tokens, over one way to all three.
pub struct Cognito {
    client_id: String,
    api: Url,
    remote: Remote,
    party: Arc<RelyingParty>,
    verifier: Arc<Verifier>,
}

impl fmt::Debug for Cognito {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cognito").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

/// Why Cognito did not do it.
pub(crate) enum Failure {
    /// Somebody has the name.
    NameTaken,
    /// The password or the token is wrong, or nobody has the name: which is not told.
    Refused,
    /// The pool's own rules want another password.
    Password,
    /// The password is right, and is not all that the pool wants of this person.
    MoreThanPassword,
    /// Too often.
    TooOften,
    /// All else, with its cause.
    Unavailable(PortError),
}

impl From<BadAnswer> for Failure {
    fn from(answer: BadAnswer) -> Self {
        Self::Unavailable(unavailable(answer))
    }
}

#[derive(Deserialize)]
struct ErrorAnswer {
    #[serde(rename = "__type")]
    kind: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AuthAnswer {
    authentication_result: Option<AuthResult>,
    challenge_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AuthResult {
    access_token: String,
    refresh_token: Option<String>,
}

impl Cognito {
    /// Connects nowhere yet. The pool's keys are fetched with the first token,
    /// or by [`Verifier::fetch_keys`].
    ///
    /// # Errors
    /// Where an address cannot be one, or is neither https nor on this machine.
    pub fn new(settings: CognitoSettings, clock: Arc<dyn Clock>) -> Result<Self, PortError> {
        Self::trusting(settings, Products::default(), clock)
    }

    /// The same, with products beside it whose users its verifier knows.
    ///
    /// # Errors
    /// Likewise, and where a product has the pool's issuer.
    pub fn trusting(
        settings: CognitoSettings,
        products: Products,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, PortError> {
        let (remote, tokens) = (Remote::new()?, settings.tokens()?);
        secure("API", &settings.api_url).map_err(unavailable)?;
        let endpoints = Endpoints::of_cognito(&settings.sign_in_url);
        let client = ClientSettings {
            id: settings.client_id.clone(),
            secret: None,
            scope: "openid profile".to_owned(),
        };
        let party = RelyingParty::over(remote.clone(), endpoints, client, Arc::clone(&clock))?;
        let verifier = Verifier::over(remote.clone(), tokens, clock);
        let verifier = verifier.trusting(products).map_err(unavailable)?;
        Ok(Self {
            client_id: settings.client_id,
            api: settings.api_url,
            remote,
            party: Arc::new(party),
            verifier: Arc::new(verifier),
        })
    }

    /// Verifies the pool's access tokens.
    pub fn verifier(&self) -> &Arc<Verifier> {
        &self.verifier
    }

    /// The application as a client of the hosted pages.
    pub fn party(&self) -> &Arc<RelyingParty> {
        &self.party
    }

    /// A new person, whom a trigger of the pool's confirms at once.
    pub(crate) async fn sign_up(
        &self,
        name: &Username,
        password: &Password,
    ) -> Result<(), Failure> {
        let body = json!({
            "ClientId": self.client_id,
            "Username": name.folded(),
            "Password": password.as_str(),
            "UserAttributes": [{ "Name": "preferred_username", "Value": &**name.shown() }],
        });
        self.call("SignUp", body).await.map(drop)
    }

    /// The tokens of whoever has this name, folded, and password.
    pub(crate) async fn sign_in(
        &self,
        folded: &str,
        password: &Password,
    ) -> Result<Tokens, Failure> {
        let body = json!({
            "ClientId": self.client_id,
            "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": { "USERNAME": folded, "PASSWORD": password.as_str() },
        });
        tokens(&self.call("InitiateAuth", body).await?)
    }

    /// Fresh tokens, whether the refresh token came from the hosted pages or by
    /// [`Self::sign_in`], and whether the pool replaces it or not.
    /// (`REFRESH_TOKEN_AUTH` fails in a pool that does.)
    pub(crate) async fn refresh(&self, token: &str) -> Result<Tokens, Failure> {
        // Else it would be called a wrong parameter, like a fault of ours.
        if !is_token(token) {
            return Err(Failure::Refused);
        }
        let body = json!({ "ClientId": self.client_id, "RefreshToken": token });
        tokens(&self.call("GetTokensFromRefreshToken", body).await?)
    }

    /// Ends what a refresh token stands for.
    pub(crate) async fn revoke(&self, token: &str) -> Result<(), Failure> {
        if !is_token(token) {
            return Ok(());
        }
        let body = json!({ "ClientId": self.client_id, "Token": token });
        self.call("RevokeToken", body).await.map(drop)
    }

    /// Changes the password of whoever signed in for this access token.
    pub(crate) async fn change_password(
        &self,
        access: &str,
        current: &Password,
        next: &Password,
    ) -> Result<(), Failure> {
        let body = json!({
            "AccessToken": access,
            "PreviousPassword": current.as_str(),
            "ProposedPassword": next.as_str(),
        });
        self.call("ChangePassword", body).await.map(drop)
    }

    /// Deletes whoever signed in for this access token.
    pub(crate) async fn delete(&self, access: &str) -> Result<(), Failure> {
        self.call("DeleteUser", json!({ "AccessToken": access })).await.map(drop)
    }

    /// Ends every session of whoever signed in for this access token.
    pub(crate) async fn sign_out_everywhere(&self, access: &str) -> Result<(), Failure> {
        self.call("GlobalSignOut", json!({ "AccessToken": access })).await.map(drop)
    }

    async fn call(&self, operation: &str, body: Value) -> Result<Vec<u8>, Failure> {
        let target = format!("AWSCognitoIdentityProviderService.{operation}");
        let answered = self.remote.call(&self.api, &target, &body).await;
        let (status, body) = answered.map_err(|cause| Failure::Unavailable(unavailable(cause)))?;
        if status.is_success() {
            return Ok(body);
        }
        // The message beside it could quote what was sent.
        let kind = serde_json::from_slice(&body).map(|ErrorAnswer { kind }| kind);
        let kind = kind.unwrap_or_default();
        // Some services of AWS write a namespace before it.
        let kind = kind.rsplit('#').next().unwrap_or_default();
        Err(match kind {
            "UsernameExistsException" | "AliasExistsException" => Failure::NameTaken,
            "NotAuthorizedException" | "UserNotFoundException" | "RefreshTokenReuseException" => {
                Failure::Refused
            }
            "InvalidPasswordException" | "PasswordHistoryPolicyViolationException" => {
                Failure::Password
            }
            "PasswordResetRequiredException" => Failure::MoreThanPassword,
            "TooManyRequestsException"
            | "LimitExceededException"
            | "TooManyFailedAttemptsException"
            | "ThrottlingException" => Failure::TooOften,
            _ if status.as_u16() == 429 => Failure::TooOften,
            plain if is_plain(plain) => BadAnswer::Failed(status, plain.to_owned()).into(),
            _ => BadAnswer::Status(status).into(),
        })
    }
}

/// Whether Cognito takes it: it wants no space at either end.
pub(crate) fn is_possible(password: &Password) -> bool {
    let password = password.as_str();
    !password.is_empty() && password.trim() == password
}

/// serde's own text could quote a token.
fn tokens(body: &[u8]) -> Result<Tokens, Failure> {
    let answer: AuthAnswer = serde_json::from_slice(body).map_err(|_| BadAnswer::NoTokens)?;
    match answer {
        AuthAnswer { authentication_result: Some(result), .. } => {
            Ok(Tokens { access: result.access_token, refresh: result.refresh_token })
        }
        AuthAnswer { challenge_name: Some(_), .. } => Err(Failure::MoreThanPassword),
        _ => Err(BadAnswer::NoTokens.into()),
    }
}

/// Whether it has the form of a token.
fn is_token(token: &str) -> bool {
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'=' | b'.');
    !token.is_empty() && token.bytes().all(plain)
}

/// The name of an exception: nothing that could not be logged.
fn is_plain(kind: &str) -> bool {
    (1..=64).contains(&kind.len()) && kind.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
