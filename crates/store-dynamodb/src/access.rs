//! Where the table is, and who asks.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sdk_dynamodb::{
    Client,
    config::{Config, Region, SharedHttpClient, retry::RetryConfig, timeout::TimeoutConfig},
};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};

/// One try of a request.
const ATTEMPT: Duration = Duration::from_secs(2);
/// A request with all its tries: then the table is unavailable. Well under the
/// overlap of stamps, see [`crate::Settings::overlap`].
const OPERATION: Duration = Duration::from_secs(5);
/// A connection that does not come up at once will not.
const CONNECT: Duration = Duration::from_secs(1);
/// Tries: with the longest pauses between them still within the operation's
/// time, so that what is told in the end is what went wrong.
const TRIES: u32 = 9;
/// Between the first try and the second; doubled from there, with jitter.
const FIRST_PAUSE: Duration = Duration::from_millis(25);
/// Between tries, at most.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Where DynamoDB is, who asks it, and for how long.
#[derive(Debug, Clone)]
pub struct Access {
    /// The region, such as `ap-northeast-1`.
    pub region: String,
    /// Another DynamoDB than the region's own, by its URL.
    pub endpoint: Option<String>,
    /// Who asks.
    pub credentials: Credentials,
    /// The connections that requests take; a process has them once for all
    /// services of AWS.
    pub http: SharedHttpClient,
    /// How long one try may take.
    pub attempt: Duration,
    /// How long a request may take with all its tries.
    pub operation: Duration,
}

/// What is missing in the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not set")]
pub struct AccessError(pub &'static str);

impl Access {
    /// As `credentials` of `region`, with the usual patience.
    pub fn new(region: impl Into<String>, credentials: Credentials) -> Self {
        Self {
            region: region.into(),
            endpoint: None,
            credentials,
            http: Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https(),
            attempt: ATTEMPT,
            operation: OPERATION,
        }
    }

    /// From the variables that Lambda sets: `AWS_REGION`, `AWS_ACCESS_KEY_ID`,
    /// `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, and, for another DynamoDB,
    /// `AWS_ENDPOINT_URL_DYNAMODB` or `AWS_ENDPOINT_URL`. Nothing else is asked,
    /// so that a cold start waits for nobody.
    pub fn from_environment(
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, AccessError> {
        let of = |name: &'static str| variable(name).filter(|value| !value.is_empty());
        let need = |name: &'static str| of(name).ok_or(AccessError(name));
        let credentials = Credentials::new(
            need("AWS_ACCESS_KEY_ID")?,
            need("AWS_SECRET_ACCESS_KEY")?,
            of("AWS_SESSION_TOKEN"),
            None,
            "environment",
        );
        let endpoint = of("AWS_ENDPOINT_URL_DYNAMODB").or_else(|| of("AWS_ENDPOINT_URL"));
        Ok(Self { endpoint, ..Self::new(need("AWS_REGION")?, credentials) })
    }

    pub(crate) fn client(&self) -> Client {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT)
            .operation_attempt_timeout(self.attempt)
            .operation_timeout(self.operation)
            .build();
        let retries = RetryConfig::standard()
            .with_max_attempts(TRIES)
            .with_initial_backoff(FIRST_PAUSE)
            .with_max_backoff(LONGEST_PAUSE);
        let mut config = Config::builder()
            .behavior_version_latest()
            .http_client(self.http.clone())
            .region(Region::new(self.region.clone()))
            .credentials_provider(self.credentials.clone())
            .timeout_config(timeouts)
            .retry_config(retries);
        config.set_endpoint_url(self.endpoint.clone());
        Client::from_conf(config.build())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_of_a_function_is_enough() {
        let lambda = |name: &str| {
            Some(match name {
                "AWS_REGION" => "ap-northeast-1".to_owned(),
                "AWS_ACCESS_KEY_ID" => "id".to_owned(),
                "AWS_SECRET_ACCESS_KEY" => "secret".to_owned(),
                "AWS_SESSION_TOKEN" => "session".to_owned(),
                _ => return None,
            })
        };
        let access = Access::from_environment(lambda).unwrap();
        assert_eq!(access.region, "ap-northeast-1");
        assert_eq!(access.endpoint, None);
        assert_eq!(access.credentials.session_token(), Some("session"));

        let emulator = |name: &str| match name {
            "AWS_ENDPOINT_URL" => Some("http://all".to_owned()),
            name => lambda(name),
        };
        let access = Access::from_environment(emulator).unwrap();
        assert_eq!(access.endpoint.as_deref(), Some("http://all"));
        let own = |name: &str| match name {
            "AWS_ENDPOINT_URL_DYNAMODB" => Some("http://own".to_owned()),
            name => emulator(name),
        };
        let access = Access::from_environment(own).unwrap();
        assert_eq!(access.endpoint.as_deref(), Some("http://own"));
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = Access::from_environment(|_| None).unwrap_err();
        assert_eq!(error.to_string(), "AWS_ACCESS_KEY_ID is not set");
    }
}
