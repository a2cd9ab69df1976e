//! `aizuchi user hook`: where a bot's back end hears of what is said to it.

use aizuchi_core::{
    clock::{Clock as _, SystemClock},
    directory::Directory as _,
    error::PortError,
    hooks::{HOOK_URL_BYTES, HookSecret, HookState, Hooks as _, Webhook},
    ids::UserId,
};
use aizuchi_push_hooks::secret_text;
use aizuchi_store_sqlite::Database;
use clap::{Args, Subcommand};
use serde::Serialize;
use url::Url;

use super::{At, open_data, shown};
use crate::{failure::Failure, output};

/// The arguments of `aizuchi user hook`.
#[derive(Debug, Args)]
pub(super) struct HookArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Post what is said to a bot to this address from now on, in place of
    /// another, and show what it is signed with this once.
    Set {
        /// The bot's name.
        bot: String,
        /// An https address; http only in a network that `serve --outbound-allow`
        /// names.
        url: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        at: At,
    },
    /// Tell where a bot's webhook is, and how it goes.
    Show {
        /// The bot's name.
        bot: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        at: At,
    },
    /// Post to it no more.
    Remove {
        /// The bot's name.
        bot: String,
        #[command(flatten)]
        at: At,
    },
}

/// Why a webhook was not managed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HookError {
    #[error("nobody is called {0}; `aizuchi user key create {0} --new` adds a bot of this name")]
    Nobody(String),
    #[error("{0} has no webhook")]
    None(String),
    #[error("that is no https or http address of at most {HOOK_URL_BYTES} bytes")]
    Url,
    #[error("the system gives no randomness")]
    Randomness(#[source] getrandom::Error),
    #[error("the webhooks cannot be read or written")]
    Store(#[from] PortError),
}

/// A webhook, as this command tells it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    sub: String,
    url: String,
    /// In ms since the epoch, as all times.
    set_at: u64,
    /// Since when an entry is refused.
    failing_since: Option<u64>,
    /// When it was given up.
    disabled_at: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl Told {
    fn of(hook: &Webhook) -> Self {
        let (failing_since, disabled_at) = match hook.state {
            HookState::Well => (None, None),
            HookState::FailingSince(at) => (Some(at), None),
            HookState::DisabledAt(at) => (None, Some(at)),
        };
        Self {
            sub: hook.user.to_string(),
            url: hook.url.to_string(),
            set_at: hook.set_at,
            failing_since,
            disabled_at,
            secret: None,
        }
    }
}

/// Does what is asked.
pub(super) async fn run(arguments: HookArgs) -> Result<(), Failure> {
    match arguments.what {
        What::Set { bot, url, json, at } => set(&open_data(&at)?, &bot, &url, json).await?,
        What::Show { bot, json, at } => {
            let hook = find(&open_data(&at)?, &bot).await?;
            if json {
                output::json(&Told::of(&hook));
            } else {
                show(&bot, &hook);
            }
        }
        What::Remove { bot, at } => {
            let database = open_data(&at)?;
            let hook = find(&database, &bot).await?;
            database.remove_hook(&hook.user).await.map_err(HookError::Store)?;
            output::line(format_args!("Nothing is posted for {bot} any more."));
        }
    }
    Ok(())
}

async fn named(database: &Database, bot: &str) -> Result<UserId, HookError> {
    let found = database.by_name(bot).await?;
    Ok(found.ok_or_else(|| HookError::Nobody(bot.to_owned()))?.user)
}

async fn find(database: &Database, bot: &str) -> Result<Webhook, HookError> {
    let user = named(database, bot).await?;
    let found = database.hooks().await?.into_iter().find(|hook| hook.user == user);
    found.ok_or_else(|| HookError::None(bot.to_owned()))
}

async fn set(database: &Database, bot: &str, url: &str, json: bool) -> Result<(), HookError> {
    let user = named(database, bot).await?;
    let parsed = Url::parse(url).ok().filter(|url| {
        matches!(url.scheme(), "https" | "http") && url.host().is_some() && url.username() == ""
    });
    if parsed.is_none() || url.len() > HOOK_URL_BYTES {
        return Err(HookError::Url);
    }
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(HookError::Randomness)?;
    let hook = Webhook {
        user,
        url: url.into(),
        secret: HookSecret(secret),
        set_at: SystemClock.now_ms(),
        state: HookState::Well,
    };
    database.set_hook(&hook).await?;
    let secret = secret_text(&hook.secret);
    if json {
        output::json(&Told { secret: Some(secret), ..Told::of(&hook) });
    } else {
        output::line(format_args!(
            "What is said to {bot} is posted there from now on. Verify it with this secret, \
             which is shown this once:\n"
        ));
        output::line(secret);
    }
    Ok(())
}

fn show(bot: &str, hook: &Webhook) {
    output::line(format_args!("{bot} is told at {}", hook.url));
    match hook.state {
        HookState::Well => output::line("It takes what it is sent."),
        HookState::FailingSince(at) => {
            output::line(format_args!(
                "It has not taken all since {}; it is tried again.",
                shown(at)
            ));
        }
        HookState::DisabledAt(at) => output::line(format_args!(
            "It was given up at {}. `aizuchi user hook set` sets it again.",
            shown(at)
        )),
    }
}
