//! Calls to Cognito's API, signed.

use std::{
    env, io,
    path::PathBuf,
    time::{Duration, SystemTime},
};

use aizuchi_store_dynamodb::AccessError;
use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use reqwest::{Client, StatusCode, header::CONTENT_TYPE, redirect::Policy};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::time::sleep;

use crate::moving::place;

/// A call, from beginning to end.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Tries of a call: Cognito allows 25 to 50 of a kind a second.
const TRIES: u32 = 8;
/// After the first try; doubled from there, with jitter.
const PAUSE: Duration = Duration::from_millis(200);
/// What an operation is called in a request.
const SERVICE: &str = "AWSCognitoIdentityProviderService";
/// What the signature is for.
const SIGNED_NAME: &str = "cognito-idp";

/// Why Cognito did not do it, for an operator. No password is in it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CognitoError {
    #[error("AWS cannot be asked")]
    Access(#[from] AccessError),
    #[error("{call}: {code}: {message}")]
    Refused { call: &'static str, code: String, message: String },
    #[error("{call}: Cognito cannot be reached")]
    Unreachable {
        call: &'static str,
        #[source]
        cause: reqwest::Error,
    },
    #[error("{call}: the request cannot be signed")]
    Unsigned {
        call: &'static str,
        #[source]
        cause: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("{name}: somebody else has this name in the user pool")]
    Another { name: String },
    #[error("{} cannot be written", path.display())]
    Passwords {
        path: PathBuf,
        #[source]
        cause: io::Error,
    },
    #[error("the system gives no randomness")]
    Randomness(#[source] io::Error),
}

impl CognitoError {
    /// Whether Cognito refused with this code.
    pub(super) fn is(&self, wanted: &str) -> bool {
        matches!(self, Self::Refused { code, .. } if code == wanted)
    }
}

/// Cognito of a region.
pub(super) struct Call {
    http: Client,
    url: String,
    region: String,
    credentials: Credentials,
}

/// What a refusal says.
#[derive(Deserialize)]
struct Refusal {
    #[serde(rename = "__type")]
    code: String,
    #[serde(alias = "Message", default)]
    message: String,
}

impl Call {
    /// As the environment's credentials; at another place where
    /// `AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER` or `AWS_ENDPOINT_URL` says so.
    pub(super) fn new(region: &str) -> Result<Self, CognitoError> {
        let credentials = place::access()?.credentials;
        let endpoint = ["AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", "AWS_ENDPOINT_URL"]
            .into_iter()
            .find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()));
        let url = endpoint.unwrap_or_else(|| format!("https://cognito-idp.{region}.amazonaws.com"));
        // The first to install one wins, and they are all the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder().timeout(TIMEOUT).redirect(Policy::none()).build();
        Ok(Self {
            http: http.map_err(|cause| CognitoError::Unreachable { call: "Client", cause })?,
            url: format!("{}/", url.trim_end_matches('/')),
            region: region.to_owned(),
            credentials,
        })
    }

    /// Calls an operation until it answers, and is not throttled.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        call: &'static str,
        ask: &Value,
    ) -> Result<T, CognitoError> {
        let mut pause = PAUSE;
        for _ in 1..TRIES {
            match self.ask_once(call, ask).await {
                Err(error) if passes(&error) => {
                    let mut random = [0; 1];
                    // Without randomness all wait alike, which is worse and not wrong.
                    let _ = getrandom::fill(&mut random);
                    sleep(pause.mul_f64(0.5 + f64::from(random[0]) / 512.0)).await;
                    pause *= 2;
                }
                answered => return answered,
            }
        }
        self.ask_once(call, ask).await
    }

    async fn ask_once<T: DeserializeOwned>(
        &self,
        call: &'static str,
        ask: &Value,
    ) -> Result<T, CognitoError> {
        let unreachable = |cause: reqwest::Error| CognitoError::Unreachable {
            call,
            // It may have been asked with nothing secret in its address; still.
            cause: cause.without_url(),
        };
        let body = ask.to_string();
        let request = self
            .signed(call, &body)
            .map_err(|cause| CognitoError::Unsigned { call, cause })?
            .body(body);
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let body = response.bytes().await.map_err(unreachable)?;
        let refused = |code: String, message| CognitoError::Refused { call, code, message };
        if status.is_success() {
            return serde_json::from_slice(&body)
                .map_err(|error| refused("an answer of another kind".into(), error.to_string()));
        }
        Err(match serde_json::from_slice::<Refusal>(&body) {
            // Some name a namespace before it.
            Ok(Refusal { code, message }) => {
                refused(code.rsplit('#').next().unwrap_or_default().to_owned(), message)
            }
            Err(_) => refused(status_name(status), String::new()),
        })
    }

    fn signed(
        &self,
        call: &str,
        body: &str,
    ) -> Result<reqwest::RequestBuilder, Box<dyn std::error::Error + Send + Sync>> {
        let target = format!("{SERVICE}.{call}");
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", &*target)];
        let identity = self.credentials.clone().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(SIGNED_NAME)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()?
            .into();
        let signable = SignableRequest::new(
            "POST",
            &*self.url,
            headers.into_iter(),
            SignableBody::Bytes(body.as_bytes()),
        )?;
        let (instructions, _) = sign(signable, &parameters)?.into_parts();
        let mut request = self.http.post(&self.url).header(CONTENT_TYPE, headers[0].1);
        request = request.header(headers[1].0, headers[1].1);
        for (name, value) in instructions.headers() {
            request = request.header(name, value);
        }
        Ok(request)
    }
}

/// Whether it may be well in a moment.
fn passes(error: &CognitoError) -> bool {
    const PASSING: [&str; 4] = [
        "TooManyRequestsException",
        "ThrottlingException",
        "LimitExceededException",
        "InternalErrorException",
    ];
    match error {
        CognitoError::Refused { code, .. } => {
            PASSING.contains(&&**code) || code.starts_with("status 5")
        }
        CognitoError::Unreachable { .. } => true,
        _ => false,
    }
}

fn status_name(status: StatusCode) -> String {
    format!("status {}", status.as_u16())
}
