//! The log.
//!
//! An entry is one item; its place is its sort key, and a place once taken is
//! never free again. See [`place`] for how an entry gets its place and why it is
//! stored once, [`change`] for what it makes of its target, [`fold`] for what the
//! lists hold, [`members`] for rooms, [`page`] for what is read how.

mod change;
mod cursor;
mod entry;
mod fold;
mod list;
mod members;
mod page;
mod place;
mod queue;
mod reaction;
mod room;
mod search;

use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use aizuchi_core::{
    error::PortError,
    ids::{ClientMsgId, ConversationId, Seq, UserId},
    log::{
        Appended, Cursor, Entry, ListCursor, Listed, LogStore, NewEntry, Page, PageSize, Span,
        Stamp, Summary,
    },
    room::Room,
};
use tokio::sync::oneshot;

pub(crate) use self::{
    entry::{entry_in, entry_item, item_at, unplaced},
    fold::{Placed, When},
    list::Item as ListItem,
    page::Kinds,
    queue::Queues,
};
use crate::store::Store;

/// What an operator calls it.
pub(crate) const LOG: &str = "the log";

/// The wait for an append's outcome.
#[derive(Debug)]
pub struct Appending(oneshot::Receiver<Result<Appended, PortError>>);

impl Future for Appending {
    type Output = Result<Appended, PortError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = ready!(Pin::new(&mut self.0).poll(cx));
        Poll::Ready(answer.unwrap_or_else(|gone| Err(PortError::unavailable(LOG, gone))))
    }
}

impl LogStore for Store {
    type Appending = Appending;

    fn append(&self, entry: NewEntry) -> Appending {
        Appending(self.0.enqueue(entry))
    }

    async fn messages(
        &self,
        conversation: &ConversationId,
        span: Span,
        size: PageSize,
    ) -> Result<Page, PortError> {
        self.0.page(conversation, span, size, Kinds::Shown).await
    }

    async fn entries(
        &self,
        conversation: &ConversationId,
        span: Span,
        size: PageSize,
    ) -> Result<Page, PortError> {
        self.0.page(conversation, span, size, Kinds::All).await
    }

    async fn entry(
        &self,
        conversation: &ConversationId,
        seq: Seq,
    ) -> Result<Option<Entry>, PortError> {
        self.0.entry(conversation, seq).await
    }

    async fn sent(
        &self,
        conversation: &ConversationId,
        author: &UserId,
        client_msg_id: &ClientMsgId,
    ) -> Result<Option<Appended>, PortError> {
        self.0.sent(conversation, author, client_msg_id).await
    }

    async fn room(&self, room: &ConversationId) -> Result<Option<Arc<Room>>, PortError> {
        self.0.room(room).await
    }

    async fn read(
        &self,
        conversation: &ConversationId,
        reader: &UserId,
        seq: Seq,
    ) -> Result<Cursor, PortError> {
        match conversation.partner_of(reader) {
            Some(_) => self.0.read(conversation, reader, seq).await,
            None => self.0.read_room(conversation, reader, seq).await,
        }
    }

    async fn reads(&self, conversation: &ConversationId) -> Result<Vec<(UserId, Seq)>, PortError> {
        self.0.reads(conversation).await
    }

    async fn summary(
        &self,
        conversation: &ConversationId,
        user: &UserId,
    ) -> Result<Option<Summary>, PortError> {
        self.0.summary(conversation, user).await
    }

    async fn conversations(
        &self,
        user: &UserId,
        from: Option<ListCursor>,
        limit: usize,
    ) -> Result<Listed, PortError> {
        self.0.conversations(user, from, limit).await
    }

    async fn changed(
        &self,
        user: &UserId,
        since: Stamp,
        limit: usize,
    ) -> Result<Listed, PortError> {
        self.0.changed(user, since, limit).await
    }

    async fn behind(
        &self,
        user: &UserId,
        places: &HashMap<ConversationId, Seq>,
    ) -> Result<Vec<Summary>, PortError> {
        self.0.behind(user, places).await
    }

    async fn now(&self) -> Result<Stamp, PortError> {
        Ok(self.0.stamps.now(self.0.now_ms(), self.0.settings.overlap))
    }
}
