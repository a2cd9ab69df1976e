//! `aizuchi user`: the people of the built-in accounts. Works while the server
//! runs, which follows within seconds.

mod hook;
mod key;
mod password;
mod reports;

use std::sync::Arc;

use aizuchi_core::{accounts::User, clock::SystemClock, error::PortError};
use aizuchi_identity::{NoSockets, OpenError, Pool, PoolError, Settings as PoolSettings};
use aizuchi_store_sqlite::{DataDir, Database};
use clap::{Args, Subcommand};
use comfy_table::{Table, presets};
use serde::Serialize;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use url::Url;

use self::{
    hook::{HookArgs, HookError},
    key::{KeyArgs, KeyError},
    password::{PasswordArgs, PasswordError},
};
use crate::{
    failure::Failure,
    launch::StartError,
    output,
    settings::{ConfigFile, Data},
};

/// The arguments of `aizuchi user`.
#[derive(Debug, Args)]
pub(crate) struct UserArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Add a person.
    Add {
        /// The name to sign in with.
        name: String,
        #[command(flatten)]
        password: PasswordArgs,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        at: At,
    },
    /// List all people, by name.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        at: At,
    },
    /// Give a person a new password. His sessions end.
    ResetPassword {
        /// The name he signs in with.
        name: String,
        #[command(flatten)]
        password: PasswordArgs,
        #[command(flatten)]
        at: At,
    },
    /// Keep a person from signing in. His sessions end.
    Disable {
        /// The name he signs in with.
        name: String,
        #[command(flatten)]
        at: At,
    },
    /// Delete a person for good. What he said stays with those he said it to;
    /// nobody gets his name again.
    Delete {
        /// The name he signs in with.
        name: String,
        /// Do not ask for the name again.
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        at: At,
    },
    /// List what people reported about others, the newest first.
    Reports {
        /// At most so many.
        #[arg(long, default_value_t = 100)]
        limit: usize,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        at: At,
    },
    /// Manage the keys by which bots call; see docs/bots.md.
    Key(KeyArgs),
    /// Manage where bots' back ends hear of what is said; see docs/bots.md.
    Hook(HookArgs),
    /// Let a person sign in again.
    Enable {
        /// The name he signs in with.
        name: String,
        #[command(flatten)]
        at: At,
    },
}

/// Whose accounts.
#[derive(Debug, Args)]
struct At {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    config: ConfigFile,
}

/// Why a person was not managed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UserError {
    #[error("the accounts cannot be opened")]
    Accounts(#[from] OpenError),
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error("{name}: {}", output::with_causes(cause))]
    Person { name: String, cause: PoolError },
    #[error("that is not {0}; nobody was deleted")]
    NotConfirmed(String),
    #[error("the answer cannot be read from standard input: say --yes where nobody can be asked")]
    NoAnswer(#[source] std::io::Error),
    #[error(transparent)]
    Pool(#[from] PoolError),
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Hook(#[from] HookError),
    #[error("the reports cannot be read")]
    Reports(#[source] PortError),
}

/// People that are read at once.
const PAGE: usize = 500;

/// Does what is asked.
pub(crate) async fn run(arguments: UserArgs) -> Result<(), Failure> {
    match arguments.what {
        What::Add { name, password, json, at } => {
            let (pool, password) = (open_at(&at).await?, password.ask()?);
            let user = pool.add_user(&name, &password).await.map_err(of(&name))?;
            if json {
                output::json(&Person::from(&user));
            } else {
                output::line(format_args!(
                    "{} may sign in. The id is {}.",
                    user.username.shown(),
                    user.id
                ));
            }
        }
        What::List { json, at } => list(&open_at(&at).await?, json).await?,
        What::ResetPassword { name, password, at } => {
            let (pool, password) = (open_at(&at).await?, password.ask()?);
            pool.reset_password(&name, &password).await.map_err(of(&name))?;
            output::line(format_args!("{name} has a new password and is signed out everywhere."));
        }
        What::Disable { name, at } => {
            open_at(&at).await?.disable(&name).await.map_err(of(&name))?;
            output::line(format_args!(
                "{name} may no longer sign in and is signed out everywhere."
            ));
        }
        What::Delete { name, yes, at } => {
            let pool = open_at(&at).await?;
            if !yes {
                confirm(&name)?;
            }
            pool.delete(&name).await.map_err(of(&name))?;
            output::line(format_args!("{name} is deleted, and what he said stays."));
        }
        What::Reports { limit, json, at } => {
            reports::list(&open_data(&at)?, limit, json).await?;
        }
        What::Key(arguments) => Box::pin(key::run(arguments)).await?,
        What::Hook(arguments) => Box::pin(hook::run(arguments)).await?,
        What::Enable { name, at } => {
            open_at(&at).await?.enable(&name).await.map_err(of(&name))?;
            output::line(format_args!("{name} may sign in again."));
        }
    }
    Ok(())
}

impl From<PasswordError> for Failure {
    fn from(error: PasswordError) -> Self {
        UserError::from(error).into()
    }
}

/// Asks for the name again: there is no way back.
fn confirm(name: &str) -> Result<(), UserError> {
    output::line(format_args!("This cannot be undone. Type {name} to delete this account:"));
    let mut typed = String::new();
    std::io::stdin().read_line(&mut typed).map_err(UserError::NoAnswer)?;
    if typed.trim() == name { Ok(()) } else { Err(UserError::NotConfirmed(name.to_owned())) }
}

fn of(name: &str) -> impl FnOnce(PoolError) -> UserError {
    let name = name.to_owned();
    move |cause| UserError::Person { name, cause }
}

impl From<HookError> for Failure {
    fn from(error: HookError) -> Self {
        UserError::from(error).into()
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        UserError::from(error).into()
    }
}

async fn open_at(at: &At) -> Result<Pool<Database>, Failure> {
    open(open_data(at)?).await
}

async fn open(database: Database) -> Result<Pool<Database>, Failure> {
    #[expect(clippy::expect_used, reason = "a literal")]
    let nowhere = Url::parse("http://localhost").expect("a URL");
    // No token is issued here, so it does not matter who would have issued it.
    let settings = PoolSettings::new(nowhere);
    let pool = Pool::open(Arc::new(database), settings, Arc::new(SystemClock), Arc::new(NoSockets));
    Ok(pool.await.map_err(UserError::Accounts)?)
}

fn open_data(at: &At) -> Result<Database, Failure> {
    let database = DataDir::existing(&at.data.data_dir).and_then(|dir| Database::administer(&dir));
    Ok(database.map_err(StartError::Data)?)
}

async fn list(pool: &Pool<Database>, json: bool) -> Result<(), UserError> {
    let mut people: Vec<Person> = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = pool.users(after.as_deref(), PAGE).await?;
        people.extend(page.iter().map(Person::from));
        match page.last() {
            Some(last) if page.len() == PAGE => after = Some(last.username.folded().to_owned()),
            _ => break,
        }
    }
    if json {
        output::json(&people);
    } else if people.is_empty() {
        output::line("Nobody yet. People sign up on the page, or `aizuchi user add` adds them.");
    } else {
        output::line(table(&people).trim_fmt());
    }
    Ok(())
}

/// A person, as this command tells it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Person {
    sub: String,
    username: String,
    /// In ms since the epoch.
    created_at: u64,
    /// In ms since the epoch.
    disabled_at: Option<u64>,
}

impl From<&User> for Person {
    fn from(user: &User) -> Self {
        Self {
            sub: user.id.to_string(),
            username: user.username.shown().to_string(),
            created_at: user.created_at,
            disabled_at: user.disabled_at,
        }
    }
}

fn table(people: &[Person]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(["NAME", "ID", "SINCE", "DISABLED"]);
    for person in people {
        let disabled = person.disabled_at.map_or_else(String::new, shown);
        table.add_row([&person.username, &person.sub, &shown(person.created_at), &disabled]);
    }
    table
}

/// A time, to the second.
fn shown(ms: u64) -> String {
    let seconds = i64::try_from(ms / 1_000).unwrap_or(i64::MAX);
    let time = OffsetDateTime::from_unix_timestamp(seconds).ok();
    time.and_then(|time| time.format(&Rfc3339).ok()).unwrap_or_default()
}
