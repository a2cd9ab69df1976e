//! The `bootstrap` of all functions. Which one it is, the handler's name says.

#![recursion_limit = "256"]

use std::{env, error::Error, sync::Arc};

use aizuchi_lambda::{
    Chats, StartError, authorizer, http,
    settings::{Chat, Issuer, SignIn},
    sign_up, socket, token,
};
use aizuchi_store_dynamodb::Access;
use lambda_runtime::{LambdaEvent, run, service_fn};
use mimalloc::MiMalloc;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::{filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// A name that no function has.
#[derive(Debug, thiserror::Error)]
#[error("the handler is {0:?}; it is socket, authorizer, http, sign-up or token")]
struct NoSuchHandler(String);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    log();
    let handler = env::var("_HANDLER").unwrap_or_default();
    match &*handler {
        "socket" => {
            let chats = &chats()?;
            let answer = |event: LambdaEvent<socket::Event>| async move {
                let done = Box::pin(socket::answer(chats, event.payload)).await;
                Ok::<_, std::convert::Infallible>(done)
            };
            Box::pin(run(service_fn(answer))).await
        }
        "authorizer" => {
            let (origins, verifier) = &http::trusted(Issuer::read()?)?;
            let decide = |event: LambdaEvent<authorizer::Handshake>| async move {
                let verdict = authorizer::decide(event.payload, origins, verifier).await;
                Ok::<_, std::convert::Infallible>(verdict)
            };
            run(service_fn(decide)).await
        }
        "http" => {
            let chats = Arc::new(chats()?);
            let routes = http::routes(chats, Issuer::read()?, SignIn::read()?)?;
            lambda_http::run(routes).await
        }
        "sign-up" => {
            let confirm = |event: LambdaEvent<serde_json::Value>| async move {
                sign_up::confirm(event.payload).map_err(|refused| refused.to_string())
            };
            run(service_fn(confirm)).await
        }
        "token" => {
            let claim = |event: LambdaEvent<serde_json::Value>| async move {
                Ok::<_, std::convert::Infallible>(token::claim(event.payload))
            };
            run(service_fn(claim)).await
        }
        _ => Err(NoSuchHandler(handler).into()),
    }
}

fn chats() -> Result<Chats, StartError> {
    let access = Access::from_environment(|name| env::var(name).ok())?;
    Ok(Chats::open(Chat::read()?, &access))
}

/// Starts the log, as JSON and without the time, which Lambda adds.
/// `AIZUCHI_LOG` is its level, `info` unless set.
fn log() {
    let level = env::var("AIZUCHI_LOG").ok().and_then(|level| level.parse().ok());
    let level = level.unwrap_or(LevelFilter::INFO);
    // Libraries at their chattiest log frames and headers, and with them
    // messages and tokens: from them come warnings only.
    let filter = Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_target("aizuchi", level)
        .with_target("bootstrap", level);
    let layer = tracing_subscriber::fmt::layer().json().flatten_event(true).without_time();
    tracing_subscriber::registry().with(layer).with(filter).init();
}
