//! The authorizer: who opens a socket. It is asked once, before the socket is
//! there; API Gateway then repeats its word with every event of the socket, so
//! that an identity costs no read.
//!
//! Whoever may not is answered with a policy that denies (403): an error would
//! be told as 401 by AWS, but only with exactly that text, and as 500 else.

use std::collections::HashMap;

use aizuchi_core::identity::{TokenError, TokenVerifier};
use aizuchi_identity::http::Origins;
use serde::{Deserialize, Serialize};

use crate::identity::Context;

/// What API Gateway tells of a handshake.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Handshake {
    method_arn: String,
    #[serde(default)]
    headers: Option<HashMap<String, String>>,
    #[serde(default)]
    query_string_parameters: Option<HashMap<String, String>>,
}

/// Whether a socket may be opened, and whose it is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    principal_id: String,
    policy_document: Policy,
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<Context>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Policy {
    version: &'static str,
    statement: [Statement; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    action: &'static str,
    effect: &'static str,
    resource: String,
}

/// Why a socket may not be opened, in an operator's words.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("a page of another origin")]
    Origin,
    #[error("no token")]
    NoToken,
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error("selfSub is another person")]
    OtherPerson,
}

/// Decides on a handshake.
pub async fn decide(
    handshake: Handshake,
    origins: &Origins,
    verifier: &impl TokenVerifier,
) -> Verdict {
    match allowed(&handshake, origins, verifier).await {
        Ok(context) => Verdict {
            principal_id: context.user().to_owned(),
            policy_document: policy("Allow", handshake.method_arn),
            context: Some(context),
        },
        Err(refused) => {
            if let Refused::Token(TokenError::Unavailable(error)) = &refused {
                let cause = std::error::Error::source(error).map(ToString::to_string);
                tracing::error!(%error, cause, "a token cannot be verified");
            } else {
                tracing::info!(%refused, "a socket was refused");
            }
            Verdict {
                principal_id: "nobody".to_owned(),
                policy_document: policy("Deny", handshake.method_arn),
                context: None,
            }
        }
    }
}

async fn allowed(
    handshake: &Handshake,
    origins: &Origins,
    verifier: &impl TokenVerifier,
) -> Result<Context, Refused> {
    // Browsers name the page's origin; other clients name none.
    let headers = handshake.headers.iter().flatten();
    let origin = headers.filter(|(name, _)| name.eq_ignore_ascii_case("origin")).map(|(_, is)| is);
    if origin.into_iter().any(|origin| !origins.allows(origin)) {
        return Err(Refused::Origin);
    }
    let asked = |name: &str| handshake.query_string_parameters.as_ref()?.get(name);
    let token = asked("Authorizer").filter(|token| !token.is_empty()).ok_or(Refused::NoToken)?;
    let identity = verifier.verify(token).await?;
    if asked("selfSub").is_some_and(|claimed| claimed != identity.user.as_str()) {
        return Err(Refused::OtherPerson);
    }
    let level = asked("level").map(String::as_str);
    let partner = asked("sub").map(String::as_str);
    Ok(Context::new(identity, level, partner))
}

fn policy(effect: &'static str, resource: String) -> Policy {
    let action = "execute-api:Invoke";
    Policy { version: "2012-10-17", statement: [Statement { action, effect, resource }] }
}
