//! One call of `@connections`, and what its failure means.

use std::{error::Error, fmt, time::Duration};

use aws_sdk_apigatewaymanagement::{
    config::http::HttpResponse,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
};

use crate::limits::{ATTEMPTS, BACKOFF, GONE_AGAIN};

/// Why a call did not do what it should. It never quotes what was sent.
#[derive(Debug)]
pub(crate) enum Failure {
    /// There is no such connection.
    Gone,
    /// 429.
    Throttled,
    /// No answer in time.
    TimedOut,
    /// Another status, with AWS's word for it.
    Status(u16, String),
    /// It never got there, or broke on the way: most often a connection that
    /// died while the process was frozen.
    Broken(String),
    /// It was not sent, or not understood.
    Unsent(String),
}

impl Failure {
    pub(crate) fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: Error + ProvideErrorMetadata + 'static,
    {
        let code = error.code().filter(|code| is_plain(code)).unwrap_or_default();
        let status = error.raw_response().map(|answer| answer.status().as_u16());
        match (error, status) {
            (_, Some(410)) => Self::Gone,
            (_, Some(429)) => Self::Throttled,
            (_, Some(status)) => Self::Status(status, code.to_owned()),
            (SdkError::TimeoutError(_), _) => Self::TimedOut,
            (SdkError::DispatchFailure(why), _) if why.is_timeout() => Self::TimedOut,
            // A kind is given where the connection ended before the answer came.
            (SdkError::DispatchFailure(why), _) if why.is_io() || why.as_other().is_some() => {
                Self::Broken(causes(error))
            }
            _ => Self::Unsent(causes(error)),
        }
    }

    /// After which pause it is tried again, where `tried` attempts failed so
    /// far, this one the last; `None` where it is not.
    ///
    /// What may have arrived is not sent twice: a level 0 client would show it
    /// twice. A broken connection is the exception, since nearly always it had
    /// died before, and such a client has no other way to what is lost.
    pub(crate) fn again_after(&self, tried: u32) -> Option<Duration> {
        match self {
            Self::Gone if tried == 1 => Some(GONE_AGAIN),
            Self::Throttled | Self::Broken(_) if tried < ATTEMPTS => {
                let longest = BACKOFF * (1 << (tried - 1));
                Some(longest / 2 + jitter(longest / 2))
            }
            _ => None,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone => f.write_str("the connection is gone"),
            Self::Throttled => f.write_str("throttled"),
            Self::TimedOut => f.write_str("no answer in time"),
            Self::Status(status, code) => write!(f, "status {status} {code}"),
            Self::Broken(cause) | Self::Unsent(cause) => f.write_str(cause),
        }
    }
}

impl Error for Failure {}

/// Of an error without an answer: it holds what the network said.
fn causes(error: &(impl Error + 'static)) -> String {
    DisplayErrorContext(error).to_string()
}

/// An error code as AWS has them: nothing that could not be logged.
fn is_plain(code: &str) -> bool {
    code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// A random part of it.
fn jitter(most: Duration) -> Duration {
    // Without randomness all try again together, which is slower and no worse.
    let random = getrandom::u32().unwrap_or(u32::MAX);
    most.mul_f64(f64::from(random) / f64::from(u32::MAX))
}
