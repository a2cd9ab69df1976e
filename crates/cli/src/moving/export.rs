//! `aizuchi export`.

use aizuchi_core::{
    accounts::Accounts,
    archive::{Archive, Found, Part, Position},
    error::PortError,
    ids::{Seq, UserId},
    log::{Page, PageSize, Span},
};
use aizuchi_store_sqlite::Database;
use futures_util::{StreamExt as _, stream};

use super::{
    MoveError,
    bar::Bar,
    cognito::Cognito,
    file::{AccountLine, Counts, Writer},
};

/// What is read of a log at once.
const PAGE: PageSize = PageSize { entries: 1_000, bytes: 1 << 20 };
/// Conversations that are read ahead.
const AHEAD: usize = 8;
/// Accounts that are read at once.
const ACCOUNTS: usize = 500;

/// Where accounts come from.
pub(super) enum AccountsFrom {
    BuiltIn(Database),
    Cognito(Cognito),
    Nowhere,
}

/// Writes everything, or what an earlier export had not written yet.
pub(super) async fn export<S: Archive>(
    store: &S,
    accounts: AccountsFrom,
    mut file: Writer,
    bar: &Bar,
) -> Result<Counts, MoveError> {
    bar.looking("Looking for people and conversations");
    if !file.has_people() {
        let mut people = all(|from| store.people(from)).await.map_err(MoveError::reading)?;
        people.sort_by(|a, b| a.user.cmp(&b.user));
        for person in people {
            file.person(person)?;
        }
        for account in accounts.all().await? {
            file.account(account)?;
        }
    }
    let mut found = all(|from| store.found(from)).await.map_err(MoveError::reading)?;
    found.sort_by(|a, b| {
        (a.newest_at, a.conversation.as_str()).cmp(&(b.newest_at, b.conversation.as_str()))
    });
    bar.counting("Exporting", found.iter().map(|one| one.last_seq).sum());
    bar.add(file.counts().entries);
    found.retain(|one| !file.has(&one.conversation));
    let mut beginnings = stream::iter(found).map(|one| begin(store, one)).buffered(AHEAD);
    while let Some(begun) = beginnings.next().await {
        write(store, begun.map_err(MoveError::reading)?, &mut file, bar).await?;
    }
    file.finish().map_err(MoveError::from)
}

/// The first page of a conversation.
struct Begun {
    found: Found,
    cursors: Vec<(UserId, Seq)>,
    page: Page,
}

async fn begin<S: Archive>(store: &S, found: Found) -> Result<Begun, PortError> {
    // Cursors first: what is read after them reaches at least as far.
    let cursors = store.cursors(&found.conversation).await?;
    let page = store.entries(&found.conversation, Span::After(0), PAGE).await?;
    Ok(Begun { found, cursors, page })
}

async fn write<S: Archive>(
    store: &S,
    begun: Begun,
    file: &mut Writer,
    bar: &Bar,
) -> Result<(), MoveError> {
    let Begun { found: Found { conversation, .. }, cursors, mut page } = begun;
    file.conversation(&conversation)?;
    let mut last = 0;
    loop {
        for entry in &page.entries {
            if entry.seq != last + 1 {
                return Err(MoveError::Hole { conversation, after: last });
            }
            last = entry.seq;
            file.entry(entry)?;
        }
        bar.add(page.entries.len() as u64);
        if !page.has_more {
            return Ok(file.end(last, &cursors)?);
        }
        let next = store.entries(&conversation, Span::After(last), PAGE).await;
        page = next.map_err(MoveError::reading)?;
    }
}

/// All parts of everything.
async fn all<T, F>(part: impl Fn(Option<Position>) -> F) -> Result<Vec<T>, PortError>
where
    F: Future<Output = Result<Part<T>, PortError>>,
{
    let (mut items, mut from) = (Vec::new(), None);
    loop {
        let one = part(from).await?;
        items.extend(one.items);
        from = one.next;
        if from.is_none() {
            return Ok(items);
        }
    }
}

impl AccountsFrom {
    /// All accounts, by name.
    async fn all(self) -> Result<Vec<AccountLine>, MoveError> {
        match self {
            Self::Nowhere => Ok(Vec::new()),
            Self::Cognito(pool) => Ok(pool.accounts().await?),
            Self::BuiltIn(database) => {
                let mut all: Vec<AccountLine> = Vec::new();
                let mut after: Option<String> = None;
                loop {
                    let page = database.users(after.as_deref(), ACCOUNTS).await;
                    let page = page.map_err(MoveError::reading)?;
                    let more = page.len() == ACCOUNTS;
                    after = page.last().map(|last| last.username.folded().to_owned());
                    all.extend(page.into_iter().map(AccountLine::from));
                    if !more {
                        return Ok(all);
                    }
                }
            }
        }
    }
}
