//! What goes wrong between the steps, and between processes.

mod changes;
mod connections;
mod died;
mod faults;
mod meeting;
mod overlap;
mod pages;
mod proxy;
mod sizes;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use aizuchi_core::{
    ids::{ClientMsgId, ConversationId, MessageId, UserId},
    log::{Appended, Body, LogStore as _, NewEntry, Page, PageSize, Span, Summary},
};
use aizuchi_testkit::block_on;

use crate::{Settings, Store, Table};

const ALL: PageSize = PageSize { entries: 100_000, bytes: usize::MAX };

fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

/// Where all of these talk.
fn conversation() -> ConversationId {
    ConversationId::direct(&user("ada"), &user("bob")).unwrap()
}

/// A process of its own: nothing that one store remembers is known to another.
fn process(table: &Table) -> Store {
    block_on(async { Store::new(table.clone(), Settings::default()) })
}

/// A message of `author`'s, named and timed as no other.
fn entry(author: &str, text: &str) -> NewEntry {
    static ENTRIES: AtomicU64 = AtomicU64::new(1);
    let number = ENTRIES.fetch_add(1, Ordering::Relaxed);
    let timestamp = 1_700_000_000_000 + number;
    NewEntry {
        conversation: conversation(),
        author: user(author),
        client_msg_id: None,
        message_id: MessageId::new(timestamp, number.into()),
        timestamp,
        sent_at: None,
        body: Body::text(Arc::from(text)),
    }
}

/// The same, which its author's device calls by its text.
fn sent(author: &str, text: &str) -> NewEntry {
    NewEntry { client_msg_id: Some(ClientMsgId::parse(text).unwrap()), ..entry(author, text) }
}

fn append(store: &Store, entry: NewEntry) -> Appended {
    block_on(store.append(entry)).unwrap()
}

fn whole(store: &Store) -> Page {
    block_on(store.entries(&conversation(), Span::After(0), ALL)).unwrap()
}

fn texts(page: &Page) -> Vec<&str> {
    page.entries
        .iter()
        .filter_map(|entry| entry.body.message())
        .map(|message| &*message.text)
        .collect()
}

fn summary(store: &Store, of: &str) -> Summary {
    block_on(store.summary(&conversation(), &user(of))).unwrap().unwrap()
}

/// Both members' lists are the fold of the whole log.
fn lists_follow(store: &Store) {
    let page = whole(store);
    for member in ["ada", "bob"] {
        let own = page.entries.iter().filter(|entry| entry.author == user(member)).count();
        let item = block_on(store.0.listed(&conversation(), &user(member))).unwrap().unwrap();
        assert_eq!((item.last, item.own), (page.entries.len() as u64, own as u64), "{member}");
    }
}
