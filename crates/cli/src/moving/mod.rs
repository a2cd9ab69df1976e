//! `aizuchi export` and `aizuchi import`: everything out of one store and into
//! another, by way of a file. See docs/moving.md.

mod bar;
mod cognito;
mod export;
mod file;
mod import;
pub(crate) mod place;
#[cfg(test)]
mod tests;

use std::{
    io::IsTerminal as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use aizuchi_core::{archive::Person, error::PortError, ids::ConversationId};
use clap::Args;
use tokio::task::JoinError;

use self::{
    bar::Bar,
    cognito::{Cognito, CognitoError, Passwords},
    export::AccountsFrom,
    file::{FileError, Writer},
    import::{AccountsTo, Report},
    place::{Opened, Place, PlaceError, UserPool},
};
use crate::{
    output,
    settings::{ConfigFile, Data},
};

/// Conversations that are restored at once in a table; each waits for the network.
const AT_ONCE: usize = 24;

/// The arguments of `aizuchi export`.
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The file to write, or `-` for standard output. An unfinished one is gone
    /// on with. Whoever can read it can read all messages: keep it safe.
    #[arg(default_value = "-")]
    file: PathBuf,
    /// The store: sqlite (the data directory), sqlite:DIR or dynamodb:TABLE. No
    /// server may run on a directory. A table wants the variables AWS_REGION,
    /// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
    #[arg(long, value_name = "STORE", default_value = "sqlite")]
    from: Place,
    /// A table's user pool, cognito:ID, whose people are exported too. Theirs
    /// are accounts without passwords. A directory's accounts always are.
    #[arg(long, value_name = "POOL")]
    users: Option<UserPool>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    config: ConfigFile,
}

/// The arguments of `aizuchi import`.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// A file that `aizuchi export` wrote, or `-` for standard input.
    #[arg(default_value = "-")]
    file: PathBuf,
    /// The store: sqlite (the data directory), sqlite:DIR, which is made if need
    /// be, or dynamodb:TABLE. What is there already stays, and is skipped.
    #[arg(long, value_name = "STORE", default_value = "sqlite")]
    to: Place,
    /// A table's user pool, cognito:ID, that accounts are made in. Cognito takes
    /// no passwords from elsewhere: see --passwords.
    #[arg(long, value_name = "POOL")]
    users: Option<UserPool>,
    /// A file to which a new password is written for each account that is made in
    /// the user pool, as NAME, a tab and the password. Without it nobody can sign
    /// in before an operator sets his password.
    #[arg(long, value_name = "FILE", requires = "users")]
    passwords: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    config: ConfigFile,
}

/// Why not everything was moved, for whoever asked for it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MoveError {
    #[error(transparent)]
    Place(#[from] PlaceError),
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Cognito(#[from] CognitoError),
    #[error("a data directory has accounts of its own; --users is for a table")]
    UsersOfDirectory,
    #[error("the store cannot be read")]
    Reading(#[source] PortError),
    #[error(
        "{conversation} has a hole after entry {after}; an import into this table was not finished, or it is damaged"
    )]
    Hole { conversation: ConversationId, after: u64 },
    #[error(
        "{conversation}: the store has other entries there than the file; they stay as they are"
    )]
    OtherEntries { conversation: ConversationId },
    #[error("{conversation} cannot be restored")]
    Conversation {
        conversation: ConversationId,
        #[source]
        cause: PortError,
    },
    #[error("{id}: this person has another name in the store, or somebody else has his")]
    OtherPerson { id: String },
    #[error("{id} cannot be restored")]
    Person {
        id: String,
        #[source]
        cause: PortError,
    },
    #[error("{name}: somebody else has an account of this name, or this person one of another")]
    OtherAccount { name: String },
    #[error("{name}: the account cannot be restored: {what}")]
    BadAccount { name: String, what: String },
    #[error("{name}: the account cannot be restored")]
    Account {
        name: String,
        #[source]
        cause: PortError,
    },
    #[error("the work ended before its time")]
    Thread(#[source] JoinError),
}

impl MoveError {
    fn reading(error: PortError) -> Self {
        Self::Reading(error)
    }

    fn conversation(conversation: &ConversationId, error: PortError) -> Self {
        let conversation = conversation.clone();
        match error {
            PortError::Conflict => Self::OtherEntries { conversation },
            cause => Self::Conversation { conversation, cause },
        }
    }

    fn person(person: &Person, error: PortError) -> Self {
        let id = person.user.to_string();
        match error {
            PortError::Conflict => Self::OtherPerson { id },
            cause => Self::Person { id, cause },
        }
    }

    fn account(name: &str, error: PortError) -> Self {
        let name = name.to_owned();
        match error {
            PortError::Conflict => Self::OtherAccount { name },
            cause => Self::Account { name, cause },
        }
    }
}

/// Writes everything into a file.
pub(crate) async fn export(arguments: ExportArgs) -> Result<(), MoveError> {
    let ExportArgs { file: path, from, users, json, data, .. } = arguments;
    if users.is_some() && matches!(from, Place::Sqlite(_)) {
        return Err(MoveError::UsersOfDirectory);
    }
    let pool = users.map(|pool| Cognito::open(&pool, None)).transpose()?;
    let store = from.existing(data.data_dir)?;
    let file = Writer::open(&path)?;
    let bar = Bar::new();
    let exported = match store {
        Opened::Sqlite(database) => {
            let accounts = AccountsFrom::BuiltIn(database.clone());
            export::export(&database, accounts, file, &bar).await
        }
        Opened::Dynamodb(store) => {
            let accounts = pool.map_or(AccountsFrom::Nowhere, AccountsFrom::Cognito);
            export::export(&store, accounts, file, &bar).await
        }
    };
    bar.clear();
    let counts = exported?;
    let to_stdout = path == Path::new("-");
    if json && !to_stdout {
        output::json(&counts);
        return Ok(());
    }
    let text = format!(
        "Exported {}, {}, {}, {}.",
        people(counts.people),
        accounts(counts.accounts),
        conversations(counts.conversations),
        entries(counts.entries)
    );
    // The export itself is on standard output.
    if to_stdout {
        output::aside(text)
    } else {
        output::line(text)
    }
    Ok(())
}

/// Puts everything that a file holds into a store.
pub(crate) async fn import(arguments: ImportArgs) -> Result<(), MoveError> {
    let ImportArgs { file: path, to, users, passwords, json, data, .. } = arguments;
    if users.is_some() && matches!(to, Place::Sqlite(_)) {
        return Err(MoveError::UsersOfDirectory);
    }
    let bar = Bar::new();
    // What comes through a pipe is believed line by line, and its end in the end.
    let from_stdin = path == Path::new("-");
    if from_stdin && std::io::stdin().is_terminal() {
        output::aside("Waiting for an export on standard input.");
    }
    let counts = if from_stdin { None } else { Some(import::check(&path, &bar).await?) };
    let passwords = passwords.map(|path| Passwords::open(&path)).transpose()?;
    let pool = users.map(|pool| Cognito::open(&pool, passwords)).transpose()?.map(Arc::new);
    let store = to.create(data.data_dir)?;
    bar.counting("Importing", counts.map_or(0, |counts| counts.entries));
    let imported = match store {
        Opened::Sqlite(database) => {
            let accounts = AccountsTo::BuiltIn(database.clone());
            // In the order of the file, which is that of the lists.
            import::import(Arc::new(database), accounts, &path, 1, &bar).await
        }
        Opened::Dynamodb(store) => {
            let accounts = pool.map_or(AccountsTo::Nowhere, AccountsTo::Cognito);
            // Boxed, as it is large.
            Box::pin(import::import(Arc::new(store), accounts, &path, AT_ONCE, &bar)).await
        }
    };
    bar.clear();
    tell(imported?, json);
    Ok(())
}

fn tell(report: Report, json: bool) {
    if json {
        output::json(&report);
        return;
    }
    output::line(format_args!(
        "Imported {}, {}, {}, {}.",
        people(report.people.restored),
        accounts(report.accounts.restored),
        conversations(report.conversations.restored),
        entries(report.entries.restored)
    ));
    let there = report.people.there + report.accounts.there + report.entries.there;
    if there > 0 {
        output::line(format_args!(
            "Already there: {}, {}, {}.",
            people(report.people.there),
            accounts(report.accounts.there),
            entries(report.entries.there)
        ));
    }
    if report.accounts_left_out > 0 {
        output::line(format_args!(
            "Left out: {}, since a table has none. Name its user pool with --users cognito:ID.",
            accounts(report.accounts_left_out)
        ));
    }
}

fn people(many: u64) -> String {
    counted(many, "person", "people")
}

fn accounts(many: u64) -> String {
    counted(many, "account", "accounts")
}

fn conversations(many: u64) -> String {
    counted(many, "conversation", "conversations")
}

fn entries(many: u64) -> String {
    counted(many, "entry", "entries")
}

fn counted(many: u64, one: &str, more: &str) -> String {
    format!("{many} {}", if many == 1 { one } else { more })
}
