//! `aizuchi user key`: the keys by which bots speak.

use std::time::Duration;

use aizuchi_core::{
    bots::{ApiKey, Bots as _, KEYS, KeyName},
    clock::{Clock as _, SystemClock},
    directory::{Directory as _, Profile},
    error::PortError,
    ids::UserId,
};
use aizuchi_identity::{NewBotError, PoolError, add_bot, make_key};
use clap::{Args, Subcommand};
use comfy_table::{Table, presets};
use serde::Serialize;

use super::{At, open, shown};
use crate::{
    failure::Failure,
    moving::place::{Opened, Place, PlaceError},
    output::{self, with_causes},
    settings::key_lifetime,
};

/// The arguments of `aizuchi user key`.
#[derive(Debug, Args)]
pub(super) struct KeyArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make a key for a bot, and show it this once.
    Create {
        /// The bot's name.
        bot: String,
        /// What you call the key, to know it again.
        #[arg(long, value_name = "KEY", default_value = "default", value_parser = KeyName::parse)]
        name: KeyName,
        /// After how long it is no longer good, as in 90d. It is for ever unless told.
        #[arg(long, value_name = "TIME", value_parser = key_lifetime)]
        expires_in: Option<Duration>,
        /// Add the bot first, as somebody who has no password.
        #[arg(long)]
        new: bool,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        of: Of,
    },
    /// List a bot's keys, by name.
    List {
        /// The bot's name.
        bot: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        of: Of,
    },
    /// Revoke a key. It is refused from then on, and its sockets are closed.
    Revoke {
        /// The bot's name.
        bot: String,
        /// The key's name.
        #[arg(default_value = "default", value_parser = KeyName::parse)]
        name: KeyName,
        #[command(flatten)]
        of: Of,
    },
}

/// Whose bots.
#[derive(Debug, Args)]
struct Of {
    /// The store: sqlite (the data directory), sqlite:DIR or dynamodb:TABLE. A
    /// table wants the variables AWS_REGION, AWS_ACCESS_KEY_ID and
    /// AWS_SECRET_ACCESS_KEY.
    #[arg(long = "in", value_name = "STORE", default_value = "sqlite")]
    store: Place,
    #[command(flatten)]
    at: At,
}

/// Why a key was not managed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error(transparent)]
    Place(#[from] PlaceError),
    #[error("nobody is called {0}; --new adds a bot of this name")]
    Nobody(String),
    #[error("{name}: {}", with_causes(cause))]
    New { name: String, cause: NewBotError },
    #[error("{name}: {}", with_causes(cause))]
    Account { name: String, cause: PoolError },
    #[error(
        "{bot} has a key called {name}: choose another name, with --name, or revoke that one first"
    )]
    Taken { bot: String, name: KeyName },
    #[error("{0} has {KEYS} keys, which is all that a bot may have: revoke one first")]
    TooMany(String),
    #[error("{bot} has no key called {name}")]
    NoKey { bot: String, name: KeyName },
    #[error("the keys cannot be read or written")]
    Store(#[source] PortError),
}

/// A key, as this command tells it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    sub: String,
    name: String,
    /// In ms since the epoch, as all times.
    created_at: u64,
    expires_at: Option<u64>,
    last_used_at: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

impl Told {
    fn of(key: &ApiKey) -> Self {
        Self {
            sub: key.user.to_string(),
            name: key.name.to_string(),
            created_at: key.created_at,
            expires_at: key.expires_at,
            last_used_at: key.last_used_at,
            key: None,
        }
    }
}

/// Does what is asked.
pub(super) async fn run(arguments: KeyArgs) -> Result<(), Failure> {
    match arguments.what {
        What::Create { bot, name, expires_in, new, json, of } => {
            let new = new.then_some(&*bot);
            let (store, added) = of.open(new).await?;
            let bot = match added {
                Some(bot) => bot,
                None => store.bot(&bot).await?,
            };
            store.create(&bot, name, expires_in, json).await?;
        }
        What::List { bot, json, of } => {
            let (store, _) = of.open(None).await?;
            let keys = store.keys(&store.bot(&bot).await?.user).await?;
            list(&bot, &keys, json);
        }
        What::Revoke { bot, name, of } => {
            let (store, _) = of.open(None).await?;
            store.revoke(&bot, name).await?;
        }
    }
    Ok(())
}

impl Of {
    /// Opens the store, and adds a new bot of this name to it.
    async fn open(self, new: Option<&str>) -> Result<(Opened, Option<Profile>), Failure> {
        let opened = self.store.administered(self.at.data.data_dir.clone());
        let opened = opened.map_err(KeyError::Place)?;
        let Some(name) = new else { return Ok((opened, None)) };
        let bot = match &opened {
            Opened::Sqlite(database) => {
                let pool = open(database.clone()).await?;
                let user = pool
                    .add_bot(name)
                    .await
                    .map_err(|cause| KeyError::Account { name: name.to_owned(), cause })?;
                Profile { user: user.id, username: user.username.shown().clone() }
            }
            Opened::Dynamodb(table) => add_bot(table, name)
                .await
                .map_err(|cause| KeyError::New { name: name.to_owned(), cause })?,
        };
        Ok((opened, Some(bot)))
    }
}

/// Both stores do the same here.
macro_rules! in_store {
    ($opened:expr, $store:ident => $does:expr) => {
        match $opened {
            Opened::Sqlite($store) => $does.await,
            Opened::Dynamodb($store) => $does.await,
        }
        .map_err(KeyError::Store)
    };
}

impl Opened {
    async fn bot(&self, name: &str) -> Result<Profile, KeyError> {
        let found = in_store!(self, store => store.by_name(name))?;
        found.ok_or_else(|| KeyError::Nobody(name.to_owned()))
    }

    async fn keys(&self, bot: &UserId) -> Result<Vec<ApiKey>, KeyError> {
        in_store!(self, store => store.keys(bot))
    }

    async fn create(
        &self,
        bot: &Profile,
        name: KeyName,
        lifetime: Option<Duration>,
        json: bool,
    ) -> Result<(), KeyError> {
        let now = SystemClock.now_ms();
        let life = lifetime.map(|life| u64::try_from(life.as_millis()).unwrap_or(u64::MAX));
        let until = life.map(|life| now.saturating_add(life));
        let called = || bot.username.to_string();
        let made = match self {
            Self::Sqlite(store) => make_key(store, &bot.user, name.clone(), now, until).await,
            Self::Dynamodb(store) => make_key(store, &bot.user, name.clone(), now, until).await,
        };
        let (secret, key) = made.map_err(|cause| match cause {
            PortError::Conflict => KeyError::Taken { bot: called(), name },
            PortError::Rejected(_) => KeyError::TooMany(called()),
            cause => KeyError::Store(cause),
        })?;
        if json {
            output::json(&Told { key: Some(secret), ..Told::of(&key) });
        } else {
            output::line(format_args!(
                "{}, whose id is {}, has a new key, {}. Keep it safe: it is shown this once.\n",
                called(),
                bot.user,
                key.name
            ));
            output::line(secret);
        }
        Ok(())
    }

    async fn revoke(&self, bot: &str, name: KeyName) -> Result<(), KeyError> {
        let user = self.bot(bot).await?.user;
        let now = SystemClock.now_ms();
        let revoked = in_store!(self, store => store.revoke_key(&user, &name, now))?;
        if revoked.is_none() {
            return Err(KeyError::NoKey { bot: bot.to_owned(), name });
        }
        output::line(format_args!("The key {name} of {bot} is revoked."));
        Ok(())
    }
}

fn list(bot: &str, keys: &[ApiKey], json: bool) {
    if json {
        output::json(&keys.iter().map(Told::of).collect::<Vec<_>>());
        return;
    }
    if keys.is_empty() {
        output::line(format_args!("{bot} has no key. `aizuchi user key create {bot}` makes one."));
        return;
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(["NAME", "MADE", "EXPIRES", "LAST USED"]);
    let time = |at: Option<u64>| at.map_or_else(String::new, shown);
    for key in keys {
        let name = key.name.as_str();
        let made = shown(key.created_at);
        table.add_row([name, &made, &time(key.expires_at), &time(key.last_used_at)]);
    }
    output::line(table.trim_fmt());
}
