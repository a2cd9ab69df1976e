//! The laws, by what they are about; `docs/protocol.md` and `docs/http.md` say
//! the same in words.

#![expect(missing_docs, reason = "a law's name says it")]

pub mod accounts;
pub mod blocks;
pub mod bots;
pub mod changes;
pub mod cursors;
pub mod documents;
pub mod handshake;
pub mod history;
pub mod links;
pub mod lists;
pub mod messages;
pub mod notices;
pub mod own;
pub mod page_history;
pub mod page_presence;
pub mod pages;
pub mod polls;
pub mod presence;
pub mod rooms;
pub mod search;
pub mod strangers;
pub mod sync;
