//! The log, as a port.

use std::sync::Arc;

use aizuchi_core::{
    error::PortError,
    ids::{ClientMsgId, ConversationId, Seq, UserId},
    log::{
        Appended, Cursor, Entry, ListCursor, Listed, LogStore, NewEntry, Page, PageSize, Span,
        Stamp, Summary,
    },
    room::Room,
};

use crate::{
    answer::Answer,
    client_key::ClientKey,
    database::Database,
    index::List,
    log_reader::Show,
    writer::{Job, NewMove, Task},
};

/// What an entry takes up beside its text while it waits, in bytes.
const AROUND: usize = 512;

impl LogStore for Database {
    type Appending = Answer<Appended>;

    fn append(&self, entry: NewEntry) -> Self::Appending {
        if let Err(error) = self.log().map(|_| ()).and_then(|()| entry.check()) {
            return Answer::failed(error);
        }
        let bytes = AROUND + entry.body.text_bytes();
        Answer::to(self.writes(), bytes, |answer| Job::Append(Task::new(entry, answer)))
    }

    async fn messages(
        &self,
        conversation: &ConversationId,
        span: Span,
        size: PageSize,
    ) -> Result<Page, PortError> {
        let conversation = conversation.clone();
        self.read_log(move |log| log.page(&conversation, span, size, Show::Messages)).await
    }

    async fn entries(
        &self,
        conversation: &ConversationId,
        span: Span,
        size: PageSize,
    ) -> Result<Page, PortError> {
        let conversation = conversation.clone();
        self.read_log(move |log| log.page(&conversation, span, size, Show::Entries)).await
    }

    async fn entry(
        &self,
        conversation: &ConversationId,
        seq: Seq,
    ) -> Result<Option<Entry>, PortError> {
        let conversation = conversation.clone();
        self.read_log(move |log| log.entry(&conversation, seq)).await
    }

    async fn sent(
        &self,
        conversation: &ConversationId,
        author: &UserId,
        client_msg_id: &ClientMsgId,
    ) -> Result<Option<Appended>, PortError> {
        let (conversation, author) = (conversation.clone(), author.clone());
        let client = ClientKey::of(client_msg_id);
        self.read_log(move |log| log.sent(&conversation, &author, client)).await
    }

    async fn room(&self, room: &ConversationId) -> Result<Option<Arc<Room>>, PortError> {
        if let Some(room) = self.log()?.rooms().get(room) {
            return Ok(Some(room));
        }
        let room = room.clone();
        self.read_log(move |log| log.room(&room)).await
    }

    async fn read(
        &self,
        conversation: &ConversationId,
        reader: &UserId,
        seq: Seq,
    ) -> Result<Cursor, PortError> {
        self.log()?;
        let new = NewMove { conversation: conversation.clone(), reader: reader.clone(), seq };
        Answer::to(self.writes(), AROUND, |answer| Job::Move(Task::new(new, answer))).await
    }

    async fn reads(&self, conversation: &ConversationId) -> Result<Vec<(UserId, Seq)>, PortError> {
        let conversation = conversation.clone();
        self.read_log(move |log| log.cursors(&conversation)).await
    }

    async fn summary(
        &self,
        conversation: &ConversationId,
        user: &UserId,
    ) -> Result<Option<Summary>, PortError> {
        let (conversation, user) = (conversation.clone(), user.clone());
        self.read_log(move |log| log.summary(&conversation, &user)).await
    }

    async fn conversations(
        &self,
        user: &UserId,
        from: Option<ListCursor>,
        limit: usize,
    ) -> Result<Listed, PortError> {
        let user = user.clone();
        let before = from.map_or(u64::MAX, |ListCursor(Stamp(stamp))| stamp);
        self.read_log(move |log| log.list(&user, List::NewestBefore(before), limit)).await
    }

    async fn changed(
        &self,
        user: &UserId,
        since: Stamp,
        limit: usize,
    ) -> Result<Listed, PortError> {
        let user = user.clone();
        let reached = self.log()?.tail().end();
        let since = if since.0 > reached { 0 } else { since.0 };
        self.read_log(move |log| log.list(&user, List::ChangedAfter(since), limit)).await
    }

    async fn now(&self) -> Result<Stamp, PortError> {
        self.log().map(|log| Stamp(log.tail().end()))
    }
}
