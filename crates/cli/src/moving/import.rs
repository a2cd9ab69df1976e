//! `aizuchi import`: what the file says is put where it is not yet. It may be
//! ended at any time, and done again.

mod tasks;

use std::{
    fs::File,
    io::{Read, stdin},
    path::Path,
    sync::Arc,
};

use aizuchi_core::{
    accounts::Accounts,
    archive::{Archive, Person},
    error::PortError,
    ids::{ConversationId, Seq, UserId},
    log::Entry,
};
use aizuchi_store_sqlite::Database;
use serde::Serialize;
use tokio::{
    sync::mpsc::{Receiver, Sender, channel},
    task::spawn_blocking,
};

use self::tasks::Tasks;
use super::{
    MoveError,
    bar::Bar,
    cognito::Cognito,
    file::{AccountLine, Counts, FileError, Part, Reader},
};

/// People and accounts that are written at once.
const PEOPLE: usize = 16;
/// Entries and bytes of them that are restored at once.
const BATCH: usize = 480;
const BATCH_BYTES: usize = 1 << 20;
/// Parts of the file that are read ahead.
const AHEAD: usize = 4;

/// Where accounts go.
#[derive(Clone)]
pub(super) enum AccountsTo {
    BuiltIn(Database),
    Cognito(Arc<Cognito>),
    Nowhere,
}

/// How many were new, and how many were there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct Tally {
    pub(super) restored: u64,
    pub(super) there: u64,
}

impl Tally {
    fn count(&mut self, restored: u64, of: u64) {
        self.restored += restored;
        self.there += of - restored;
    }
}

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    pub(super) people: Tally,
    pub(super) accounts: Tally,
    /// Those that have nowhere to go.
    pub(super) accounts_left_out: u64,
    pub(super) conversations: Tally,
    pub(super) entries: Tally,
}

impl Report {
    fn add(&mut self, other: Self) {
        let add = |one: &mut Tally, two: Tally| {
            one.restored += two.restored;
            one.there += two.there;
        };
        add(&mut self.people, other.people);
        add(&mut self.accounts, other.accounts);
        add(&mut self.conversations, other.conversations);
        add(&mut self.entries, other.entries);
        self.accounts_left_out += other.accounts_left_out;
    }
}

/// A piece of the file.
enum Piece {
    Person(Person),
    Account(AccountLine),
    Conversation(ConversationId),
    Entries(Vec<Entry>),
    End(Vec<(UserId, Seq)>),
}

/// Reads a file to its end, and believes it only then.
pub(super) async fn check(path: &Path, bar: &Bar) -> Result<Counts, MoveError> {
    bar.looking("Checking the file");
    let path = path.to_owned();
    let checked = spawn_blocking(move || {
        let mut reader = open(&path)?;
        while reader.next()?.is_some() {}
        Ok(reader.counts())
    });
    checked.await.unwrap_or_else(|error| Err(MoveError::Thread(error)))
}

/// Puts everything into a store, so many conversations at once. Where that is
/// one, they are restored in the order of the file.
pub(super) async fn import<S: Archive>(
    store: Arc<S>,
    accounts: AccountsTo,
    path: &Path,
    width: usize,
    bar: &Bar,
) -> Result<Report, MoveError> {
    let (sender, mut pieces) = channel(AHEAD);
    let path = path.to_owned();
    let reading = spawn_blocking(move || read(&path, &sender));
    let mut tasks = Tasks::new(PEOPLE);
    let mut current: Option<Sender<Piece>> = None;
    while let Some(piece) = pieces.recv().await {
        match piece {
            Piece::Person(person) => {
                tasks.spawn(restore_person(Arc::clone(&store), person)).await?;
            }
            Piece::Account(account) => {
                tasks.spawn(restore_account(accounts.clone(), account)).await?;
            }
            Piece::Conversation(conversation) => {
                if tasks.width() != width {
                    tasks.finish().await?;
                    tasks.set_width(width);
                }
                let (sender, pieces) = channel(1);
                let restoring = restore(Arc::clone(&store), conversation, pieces, bar.clone());
                tasks.spawn(restoring).await?;
                current = Some(sender);
            }
            piece @ (Piece::Entries(_) | Piece::End(_)) => {
                let is_last = matches!(piece, Piece::End(_));
                if let Some(sender) = &current
                    && sender.send(piece).await.is_err()
                {
                    // It failed, and says why.
                    break;
                }
                if is_last {
                    current = None;
                }
            }
        }
    }
    drop((current, pieces));
    tasks.finish().await?;
    reading.await.unwrap_or_else(|error| Err(MoveError::Thread(error)))?;
    Ok(tasks.report())
}

fn open(path: &Path) -> Result<Reader<Box<dyn Read>>, MoveError> {
    let (name, from): (_, Box<dyn Read>) = if path == Path::new("-") {
        ("standard input".to_owned(), Box::new(stdin()))
    } else {
        let opened = File::open(path);
        let file = opened.map_err(|cause| FileError::Open { path: path.to_owned(), cause })?;
        (path.display().to_string(), Box::new(file))
    };
    Ok(Reader::new(name, from)?)
}

/// Reads the file in pieces, until nobody wants more.
fn read(path: &Path, to: &Sender<Piece>) -> Result<(), MoveError> {
    let mut reader = open(path)?;
    let (mut batch, mut bytes) = (Vec::new(), 0);
    let send = |piece| to.blocking_send(piece).is_ok();
    while let Some(part) = reader.next()? {
        let goes_on = match part {
            Part::Person(person) => send(Piece::Person(person)),
            Part::Account(account) => send(Piece::Account(account)),
            Part::Conversation(id) => send(Piece::Conversation(id)),
            Part::Entry(entry) => {
                bytes += entry.weight();
                batch.push(entry);
                if batch.len() < BATCH && bytes < BATCH_BYTES {
                    continue;
                }
                bytes = 0;
                send(Piece::Entries(std::mem::take(&mut batch)))
            }
            Part::End(cursors) => {
                bytes = 0;
                let rest = std::mem::take(&mut batch);
                send(Piece::Entries(rest)) && send(Piece::End(cursors))
            }
        };
        if !goes_on {
            break;
        }
    }
    Ok(())
}

async fn restore<S: Archive>(
    store: Arc<S>,
    conversation: ConversationId,
    mut pieces: Receiver<Piece>,
    bar: Bar,
) -> Result<Report, MoveError> {
    let failed = |error| MoveError::conversation(&conversation, error);
    let mut report = Report::default();
    while let Some(piece) = pieces.recv().await {
        match piece {
            Piece::Entries(entries) => {
                let count = entries.len() as u64;
                let restored = store.restore(&conversation, entries).await.map_err(failed)?;
                report.entries.count(restored, count);
                bar.add(count);
            }
            Piece::End(cursors) => {
                let mut moved = false;
                for (reader, seq) in cursors {
                    moved |= store.read(&conversation, &reader, seq).await.map_err(failed)?.moved;
                }
                let changed = moved || report.entries.restored > 0;
                report.conversations.count(changed.into(), 1);
            }
            _ => {}
        }
    }
    Ok(report)
}

async fn restore_person<S: Archive>(store: Arc<S>, person: Person) -> Result<Report, MoveError> {
    let mut report = Report::default();
    let restored = store.restore_person(&person).await;
    let restored = restored.map_err(|error| MoveError::person(&person, error))?;
    report.people.count(restored.into(), 1);
    Ok(report)
}

async fn restore_account(to: AccountsTo, account: AccountLine) -> Result<Report, MoveError> {
    let mut report = Report::default();
    let restored = match to {
        AccountsTo::Nowhere => {
            report.accounts_left_out += 1;
            return Ok(report);
        }
        AccountsTo::Cognito(pool) => pool.restore(&account).await?,
        AccountsTo::BuiltIn(database) => restore_user(&database, account).await?,
    };
    report.accounts.count(restored.into(), 1);
    Ok(report)
}

/// Whoever is there stays as he is: his password may be newer.
async fn restore_user(database: &Database, account: AccountLine) -> Result<bool, MoveError> {
    let name = account.name.clone();
    let failed = |error| MoveError::account(&name, error);
    let user = account.user().map_err(|what| MoveError::BadAccount { name: name.clone(), what })?;
    match database.add_user(&user).await {
        Ok(()) => Ok(true),
        Err(PortError::Conflict) => match database.user(&user.id).await.map_err(failed)? {
            Some(there) if there.username.folded() == user.username.folded() => Ok(false),
            _ => Err(failed(PortError::Conflict)),
        },
        Err(error) => Err(failed(error)),
    }
}
