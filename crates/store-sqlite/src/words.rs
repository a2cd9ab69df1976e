//! The words: an index by which a search finds messages, in a file of its own.
//!
//! It is made of the journal behind every commit, by a thread of its own, and
//! holds the messages from `low` to `covered`. What came after is looked at one
//! by one, and so is what lies before while an older database is brought in, the
//! newest first. So a search misses nothing, and no commit waits for an index.
//!
//! Only tokens are in it, made here, so that all stores find the same; who may
//! see a message is among them. `doc` has the text that a message was indexed
//! with: to take a message out, FTS5 must be told its words. With `secure-delete`
//! they are then in no page any more.

use std::{fmt::Write as _, fs, path::Path};

use aizuchi_core::search::{Need, Query, Token, tokens};
use rusqlite::{Connection, OptionalExtension};

use crate::{
    connect::{self, PageCache},
    data_dir::DataDir,
    journal,
    rows::{ConversationRow, Members, PersonRow, signed, unsigned},
};

/// Counts the shapes that it has had, what tokens are among them.
const SHAPE: i64 = 1;
/// Pages that its writer keeps in memory, in KiB.
const CACHE: PageCache = PageCache(8_192);
/// What marks where a message is, and for whom; no text has it in a word.
const SCOPE: char = '\u{f8ff}';
/// What marks the beginning of a word.
const START: char = '\u{f8fe}';
/// Characters up to which beginnings are tokens: longer ones are few enough to be looked up.
const START_CHARS: usize = 2;

const SCHEMA: &str = "
    CREATE TABLE state (
        id         INTEGER PRIMARY KEY CHECK (id = 1),
        low        INTEGER NOT NULL,
        covered    INTEGER NOT NULL,
        message_id BLOB
    ) STRICT;
    CREATE TABLE doc (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
    CREATE VIRTUAL TABLE words USING fts5(
        tokens, content = '', columnsize = 0, detail = 'none', tokenize = 'ascii'
    );
    INSERT INTO words (words, rank) VALUES ('secure-delete', 1);
";

/// Which messages are in it: those from `low` to `covered`, both among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reach {
    pub(crate) low: u64,
    pub(crate) covered: u64,
}

pub(crate) fn reach(words: &Connection) -> rusqlite::Result<Reach> {
    words.prepare_cached("SELECT low, covered FROM state")?.query_row([], |row| {
        Ok(Reach { low: row.get(0).map(unsigned)?, covered: row.get(1).map(unsigned)? })
    })
}

pub(crate) fn set_reach(
    words: &Connection,
    journal: &Connection,
    reach: Reach,
) -> rusqlite::Result<()> {
    let name = journal::message_id(journal, reach.covered)?;
    words.prepare_cached("UPDATE state SET low = ?1, covered = ?2, message_id = ?3")?.execute((
        signed(reach.low),
        signed(reach.covered),
        name,
    ))?;
    Ok(())
}

/// Opens the words of a journal, or begins them anew.
pub(crate) fn open(dir: &DataDir, journal: &Connection) -> rusqlite::Result<Connection> {
    let path = dir.words();
    if path.exists()
        && let Ok(words) = writer(&path)
        && fits(&words, journal).unwrap_or(false)
    {
        return Ok(words);
    }
    for suffix in ["", "-wal", "-shm"] {
        let mut name = path.clone().into_os_string();
        name.push(suffix);
        // What is not there need not go; what cannot go shows at once.
        let _ = fs::remove_file(name);
    }
    let mut words = writer(&path)?;
    let end = journal::end(journal)?;
    let transaction = words.transaction()?;
    transaction.execute_batch(SCHEMA)?;
    let newest: Option<(i64, Option<Vec<u8>>)> = journal
        .query_row("SELECT id, message_id FROM entry ORDER BY id DESC LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let (covered, name) = newest.unwrap_or((0, None));
    transaction
        .execute("INSERT INTO state VALUES (1, ?1, ?2, ?3)", (covered + 1, covered, name))?;
    transaction.pragma_update(None, "user_version", SHAPE)?;
    transaction.commit()?;
    if covered > 0 {
        tracing::info!(entries = end, "making the index of words");
    }
    Ok(words)
}

fn writer(path: &Path) -> rusqlite::Result<Connection> {
    let words = connect::index(path, CACHE)?;
    words.pragma_update(None, "secure_delete", true)?;
    Ok(words)
}

/// Whether these are the words of this journal, in the shape of this version.
fn fits(words: &Connection, journal: &Connection) -> rusqlite::Result<bool> {
    let shape: i64 = words.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if shape != SHAPE {
        return Ok(false);
    }
    let Reach { covered, .. } = reach(words)?;
    let name: Option<[u8; 16]> =
        words.query_row("SELECT message_id FROM state", [], |row| row.get(0))?;
    Ok(journal::message_id(journal, covered)? == name)
}

/// Where a message is, and for whom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope {
    pub(crate) conversation: ConversationRow,
    pub(crate) members: Members,
}

/// Puts a message in, or what it reads by now in place of what it read; with
/// `None` takes it out.
pub(crate) fn put(
    words: &Connection,
    id: u64,
    scope: Scope,
    text: Option<&str>,
) -> rusqlite::Result<()> {
    let known: Option<String> = words
        .prepare_cached("SELECT text FROM doc WHERE id = ?1")?
        .query_row([signed(id)], |row| row.get(0))
        .optional()?;
    if known.as_deref() == text {
        return Ok(());
    }
    if let Some(known) = known {
        words
            .prepare_cached("INSERT INTO words (words, rowid, tokens) VALUES ('delete', ?1, ?2)")?
            .execute((signed(id), written(scope, &known)))?;
        words.prepare_cached("DELETE FROM doc WHERE id = ?1")?.execute([signed(id)])?;
    }
    if let Some(text) = text {
        words
            .prepare_cached("INSERT INTO words (rowid, tokens) VALUES (?1, ?2)")?
            .execute((signed(id), written(scope, text)))?;
        words.prepare_cached("INSERT INTO doc VALUES (?1, ?2)")?.execute((signed(id), text))?;
    }
    Ok(())
}

/// All tokens of a message, for a tokenizer that splits at spaces.
fn written(scope: Scope, text: &str) -> String {
    let mut all = conversation(scope.conversation);
    for member in scope.members.iter().flatten() {
        let _ = write!(all, " {}", person(*member));
    }
    for token in tokens(text) {
        // Writing into a string does not fail.
        let _ = match &token {
            Token::Word(word) => {
                let ends = word.char_indices().map(|(at, c)| at + c.len_utf8());
                for end in ends.take(START_CHARS) {
                    let _ = write!(all, " {START}{}", &word[..end]);
                }
                write!(all, " {word}")
            }
            Token::Pair(pair) => write!(all, " {pair}"),
            Token::Char(c) => write!(all, " {c}"),
        };
    }
    all
}

/// What marks the messages of a conversation.
pub(crate) fn conversation(row: ConversationRow) -> String {
    format!("{SCOPE}c{}", row.0)
}

/// What marks the messages of a person's direct conversations.
pub(crate) fn person(row: PersonRow) -> String {
    format!("{SCOPE}p{}", row.0)
}

/// What FTS5 is asked for: the messages in one of these scopes that may match.
pub(crate) fn expression(scopes: &[String], query: &Query) -> String {
    let quoted = |token: &str| format!("\"{token}\"");
    let mut all = vec![format!(
        "({})",
        scopes.iter().map(|scope| quoted(scope)).collect::<Vec<_>>().join(" OR ")
    )];
    for need in query.needs() {
        all.push(match need {
            Need::Token(Token::Word(token) | Token::Pair(token)) => quoted(&token),
            Need::Token(Token::Char(c)) => quoted(&c.to_string()),
            Need::Start(start) if start.chars().count() <= START_CHARS => {
                quoted(&format!("{START}{start}"))
            }
            Need::Start(start) => format!("{} *", quoted(&start)),
        });
    }
    all.join(" AND ")
}
