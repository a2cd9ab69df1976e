//! Calls of another issuer: bounded in time and size, and never redirected.

use aizuchi_core::error::{Cause, PortError};
use http::{HeaderMap, HeaderValue, StatusCode, header::CONTENT_TYPE};
use reqwest::{Client, RequestBuilder, Response, redirect::Policy};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use url::{Host, Url, form_urlencoded};

use crate::limits::{ISSUER_BYTES, ISSUER_TIMEOUT};

/// An answer that cannot be used, in an operator's words. It never quotes what
/// could be a secret.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadAnswer {
    #[error("it answered with status {0}")]
    Status(StatusCode),
    #[error("its answer is larger than {ISSUER_BYTES} bytes")]
    TooLarge,
    #[error("its discovery document is that of the issuer {0}")]
    OtherIssuer(String),
    #[error("its discovery document has no {0}")]
    Missing(&'static str),
    #[error("its {0} is neither https nor on this machine")]
    Insecure(&'static str),
    #[error("it has no key for RS256, ES256 or EdDSA")]
    NoKeys,
    #[error("it failed moments ago")]
    FailedBefore,
    #[error("its address cannot be one")]
    Address,
    #[error("it refused this server as a client, with status {0} and the error {1}")]
    Client(StatusCode, String),
    #[error("its answer holds no Bearer token")]
    NoTokens,
    #[error("it failed with status {0} and the error {1}")]
    Failed(StatusCode, String),
}

/// What an issuer says of itself.
#[derive(Deserialize)]
pub(crate) struct Discovery {
    issuer: String,
    jwks_uri: Option<String>,
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
    end_session_endpoint: Option<String>,
}

impl Discovery {
    /// Where its keys are.
    pub(crate) fn keys(&self) -> Result<Url, BadAnswer> {
        let keys = self.jwks_uri.as_deref().ok_or(BadAnswer::Missing("jwks_uri"))?;
        Url::parse(keys).map_err(|_| BadAnswer::Address)
    }

    /// Where people sign in.
    pub(crate) fn authorization(&self) -> Result<Url, BadAnswer> {
        let name = "authorization_endpoint";
        endpoint(name, self.authorization_endpoint.as_deref())?.ok_or(BadAnswer::Missing(name))
    }

    /// Where codes and refresh tokens are exchanged.
    pub(crate) fn token(&self) -> Result<Url, BadAnswer> {
        let name = "token_endpoint";
        endpoint(name, self.token_endpoint.as_deref())?.ok_or(BadAnswer::Missing(name))
    }

    /// Where refresh tokens are revoked.
    pub(crate) fn revocation(&self) -> Result<Option<Url>, BadAnswer> {
        endpoint("revocation_endpoint", self.revocation_endpoint.as_deref())
    }

    /// Where people sign out.
    pub(crate) fn end_session(&self) -> Result<Option<Url>, BadAnswer> {
        endpoint("end_session_endpoint", self.end_session_endpoint.as_deref())
    }
}

fn endpoint(name: &'static str, url: Option<&str>) -> Result<Option<Url>, BadAnswer> {
    let Some(url) = url else { return Ok(None) };
    let url = Url::parse(url).map_err(|_| BadAnswer::Address)?;
    secure(name, &url).map(|()| Some(url))
}

/// Secrets go to it, and people are sent there: neither over a plain network.
pub(crate) fn secure(name: &'static str, url: &Url) -> Result<(), BadAnswer> {
    let secure = url.scheme() == "https" || url.scheme() == "http" && is_loopback(url);
    if secure { Ok(()) } else { Err(BadAnswer::Insecure(name)) }
}

/// Whether it is on this very machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// The way to an issuer. Clones share its connections.
#[derive(Clone)]
pub(crate) struct Remote(Client);

impl Remote {
    pub(crate) fn new() -> Result<Self, PortError> {
        // The first to install one wins, and they are all the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = Client::builder().timeout(ISSUER_TIMEOUT).redirect(Policy::none()).build();
        Ok(Self(http.map_err(unavailable)?))
    }

    /// The discovery document of `issuer`.
    pub(crate) async fn discover(&self, issuer: &str) -> Result<Discovery, Cause> {
        let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let discovery: Discovery =
            self.get(Url::parse(&url).map_err(|_| BadAnswer::Address)?).await?;
        // Else a tenant of a shared host could stand in for another.
        if discovery.issuer == issuer {
            Ok(discovery)
        } else {
            Err(BadAnswer::OtherIssuer(discovery.issuer).into())
        }
    }

    /// The JSON at `url`, which is public.
    pub(crate) async fn get<T: DeserializeOwned>(&self, url: Url) -> Result<T, Cause> {
        let response = self.0.get(url).send().await?;
        if !response.status().is_success() {
            return Err(BadAnswer::Status(response.status()).into());
        }
        Ok(serde_json::from_slice(&read(response).await?)?)
    }

    /// Posts a form; the answer as it stands.
    pub(crate) async fn post(
        &self,
        url: &Url,
        headers: HeaderMap,
        form: &[(&str, &str)],
    ) -> Result<(StatusCode, Vec<u8>), Cause> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        let request = self.0.post(url.clone()).headers(headers).header(CONTENT_TYPE, form);
        answer(request.body(body)).await
    }

    /// Calls an operation of an AWS service by its JSON protocol, unsigned; the
    /// answer as it stands.
    pub(crate) async fn call(
        &self,
        url: &Url,
        target: &str,
        body: &impl Serialize,
    ) -> Result<(StatusCode, Vec<u8>), Cause> {
        let request = self.0.post(url.clone()).header("x-amz-target", target);
        let json = HeaderValue::from_static("application/x-amz-json-1.1");
        let request = request.header(CONTENT_TYPE, json);
        answer(request.body(serde_json::to_vec(body)?)).await
    }
}

async fn answer(request: RequestBuilder) -> Result<(StatusCode, Vec<u8>), Cause> {
    let response = request.send().await?;
    Ok((response.status(), read(response).await?))
}

async fn read(mut response: Response) -> Result<Vec<u8>, Cause> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > ISSUER_BYTES {
            return Err(BadAnswer::TooLarge.into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

pub(crate) fn unavailable(cause: impl Into<Cause>) -> PortError {
    PortError::unavailable("the issuer", cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_to_https_or_this_machine_alone() {
        for safe in ["https://id.example/token", "http://127.0.0.1:1/token", "http://[::1]/t"] {
            assert!(endpoint("token_endpoint", Some(safe)).is_ok(), "{safe}");
        }
        for unsafe_one in ["http://id.example/token", "javascript:alert(1)", "ftp://127.0.0.1/t"] {
            let refused = endpoint("token_endpoint", Some(unsafe_one));
            assert!(matches!(refused, Err(BadAnswer::Insecure(_))), "{unsafe_one}");
        }
    }
}
