//! Pushes frames through API Gateway's `@connections`.
//!
//! [`ApiGatewayPush`] posts one frame to many connections at once, within a
//! bound, and tells those that are gone. What fails otherwise is counted
//! ([`Metrics`]) and logged, without a word of the frame; the log stands, and
//! the client's `SYNC` heals it. Everything has a timeout ([`limits`]).

mod call;
pub mod limits;
mod metrics;
mod push;

/// What [`Settings`] are made of.
pub use aws_sdk_apigatewaymanagement::config::{
    Credentials, SharedCredentialsProvider, SharedHttpClient,
};

pub use self::{
    metrics::Metrics,
    push::{ApiGatewayPush, Settings},
};
