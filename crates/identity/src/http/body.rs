//! Request bodies and queries, read with this API's own errors.

use aizuchi_wire::ErrorCode;
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
};
use http::{StatusCode, request::Parts};
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use super::error::ApiError;

/// A JSON body, whatever its content type says: level 0 clients do not say.
pub(crate) struct Json<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let body = read(request, state).await?;
        // serde's own text could quote the body, and with it a password.
        let parsed = serde_json::from_slice(&body);
        parsed.map(Self).map_err(|_| ApiError::invalid("The body is not the JSON this call takes."))
    }
}

async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, ApiError> {
    Bytes::from_request(request, state).await.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            ApiError::new(ErrorCode::TooLarge, "The body is too large.")
        } else {
            ApiError::invalid("The body could not be read.")
        }
    })
}

/// The parameters of a query or a form.
#[derive(Debug, Default)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    pub(crate) fn parse(encoded: &[u8]) -> Self {
        Self(form_urlencoded::parse(encoded).into_owned().collect())
    }

    /// The value of `name`. Empty is absent, and so is what was said twice:
    /// which of the two counts must never be a matter of who reads.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut values = self.0.iter().filter(|(key, _)| key == name);
        let (_, value) = values.next()?;
        (values.next().is_none() && !value.is_empty()).then_some(value)
    }
}

/// A query's parameters.
pub(crate) struct Query(pub(crate) Params);

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(Params::parse(parts.uri.query().unwrap_or_default().as_bytes())))
    }
}

/// A form's parameters.
pub(crate) struct Form(pub(crate) Params);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        Ok(Self(Params::parse(&read(request, state).await?)))
    }
}

#[cfg(test)]
mod tests {
    use super::Params;

    #[test]
    fn what_is_empty_or_said_twice_is_absent() {
        let params = Params::parse(b"a=1&b=&c=1&c=2&d=%E6%84%9B+x&e");
        assert_eq!(params.get("a"), Some("1"));
        assert_eq!(params.get("d"), Some("愛 x"));
        for absent in ["b", "c", "e", "f"] {
            assert_eq!(params.get(absent), None, "{absent}");
        }
    }

    #[test]
    fn an_unencoded_uri_is_read_as_it_stands() {
        let params = Params::parse(b"redirect_uri=http://127.0.0.1:3000/&state=/a b");
        assert_eq!(params.get("redirect_uri"), Some("http://127.0.0.1:3000/"));
        assert_eq!(params.get("state"), Some("/a b"));
    }
}
