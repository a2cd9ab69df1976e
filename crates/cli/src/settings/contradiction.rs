//! Settings that are right one by one, and wrong together.

use aizuchi_identity::settings::InvalidClient;
use url::Url;

/// What does not fit, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// Half of what is needed.
    #[error("--{given} is set and --{needs} is not: set both, or neither")]
    Alone {
        /// What is set.
        given: &'static str,
        /// What is not.
        needs: &'static str,
    },
    /// Two ways at once.
    #[error("--{one} and --{other} exclude each other: remove one of them")]
    Both {
        /// The one.
        one: &'static str,
        /// The other.
        other: &'static str,
    },
    /// A mark on nobody.
    #[error("--oauth-implicit {0} names no client: register it with --oauth-client {0}=URI")]
    UnknownClient(String),
    /// A client that cannot be one.
    #[error("--oauth-client: {0}")]
    Client(InvalidClient),
    /// Plain where it is encrypted.
    #[error("--public-url {0} begins with http, but TLS is on: let it begin with https")]
    NotHttps(Url),
}

/// Both, or neither.
pub(super) fn together<'a, T>(
    one: (&'static str, &'a Option<T>),
    other: (&'static str, &'a Option<T>),
) -> Result<Option<(&'a T, &'a T)>, Contradiction> {
    match (one, other) {
        ((_, Some(a)), (_, Some(b))) => Ok(Some((a, b))),
        ((_, None), (_, None)) => Ok(None),
        ((given, Some(_)), (needs, None)) | ((needs, None), (given, Some(_))) => {
            Err(Contradiction::Alone { given, needs })
        }
    }
}

/// Nothing, since what it belongs to is not set.
pub(super) fn alone(
    given: &'static str,
    is_set: bool,
    needs: &'static str,
) -> Result<(), Contradiction> {
    if is_set { Err(Contradiction::Alone { given, needs }) } else { Ok(()) }
}
