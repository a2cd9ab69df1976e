//! The log in memory, whose answers a test decides.

use std::{
    collections::{BTreeSet, VecDeque},
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard},
    task::{Context, Poll},
};

use aizuchi_core::{
    error::PortError,
    ids::{ClientMsgId, ConversationId, MessageId, Seq, UserId},
    log::{
        Appended, Cursor, Entry, ListCursor, Listed, LogStore, NewEntry, Page, PageSize, Span,
        Stamp, Summary,
    },
    room::Room,
};
use aizuchi_testkit::log::MemoryLog;

/// What becomes of an append.
#[derive(Debug)]
pub(crate) enum Fate {
    /// It is stored, and answered when [`TestLog::release`] says so.
    Late,
    /// It is not stored.
    Fails(PortError),
    /// It is stored, and nobody learns it.
    StoredAndUnanswered,
}

/// A log whose appends are answered at once, unless a [`Fate`] is next.
#[derive(Debug, Clone, Default)]
pub(crate) struct TestLog {
    pub(crate) memory: MemoryLog,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    coming: VecDeque<Fate>,
    /// What is stored, and whose answer is still held back.
    held: BTreeSet<MessageId>,
}

impl TestLog {
    /// The fate of the next append that has none.
    pub(crate) fn next(&self, fate: Fate) {
        self.state().coming.push_back(fate);
    }

    /// The names of what is stored but not answered.
    pub(crate) fn held(&self) -> Vec<MessageId> {
        self.state().held.iter().copied().collect()
    }

    /// Lets one be answered.
    pub(crate) fn release(&self, name: MessageId) {
        assert!(self.state().held.remove(&name), "it was held");
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

/// The wait for an append's answer. It wakes nobody: a test polls it when it
/// has released the answer.
#[derive(Debug)]
pub(crate) struct Appending {
    state: Arc<Mutex<State>>,
    waits_for: Option<MessageId>,
    answer: Option<Result<Appended, PortError>>,
}

impl Future for Appending {
    type Output = Result<Appended, PortError>;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        if self.waits_for.is_some_and(|name| self.state.lock().unwrap().held.contains(&name)) {
            return Poll::Pending;
        }
        Poll::Ready(self.answer.take().unwrap())
    }
}

impl LogStore for TestLog {
    type Appending = Appending;

    fn append(&self, entry: NewEntry) -> Appending {
        let name = entry.message_id;
        let fate = self.state().coming.pop_front();
        let store = || pollster::block_on(self.memory.append(entry));
        let answer = match fate {
            None => store(),
            Some(Fate::Fails(error)) => Err(error),
            Some(Fate::Late) => {
                let answer = store();
                if answer.as_ref().is_ok_and(|appended| !appended.duplicate) {
                    self.state().held.insert(name);
                }
                answer
            }
            Some(Fate::StoredAndUnanswered) => {
                store().and(Err(PortError::unavailable("the log", "the answer was lost")))
            }
        };
        // A resend waits for the first one's answer too.
        let waits_for = answer.as_ref().ok().map(|appended| appended.message_id);
        Appending { state: Arc::clone(&self.state), waits_for, answer: Some(answer) }
    }

    async fn messages(
        &self,
        conversation: &ConversationId,
        span: Span,
        size: PageSize,
    ) -> Result<Page, PortError> {
        self.memory.messages(conversation, span, size).await
    }

    async fn entries(
        &self,
        conversation: &ConversationId,
        span: Span,
        size: PageSize,
    ) -> Result<Page, PortError> {
        self.memory.entries(conversation, span, size).await
    }

    async fn entry(
        &self,
        conversation: &ConversationId,
        seq: Seq,
    ) -> Result<Option<Entry>, PortError> {
        self.memory.entry(conversation, seq).await
    }

    async fn sent(
        &self,
        conversation: &ConversationId,
        author: &UserId,
        client_msg_id: &ClientMsgId,
    ) -> Result<Option<Appended>, PortError> {
        self.memory.sent(conversation, author, client_msg_id).await
    }

    async fn room(&self, room: &ConversationId) -> Result<Option<Arc<Room>>, PortError> {
        self.memory.room(room).await
    }

    async fn read(
        &self,
        conversation: &ConversationId,
        reader: &UserId,
        seq: Seq,
    ) -> Result<Cursor, PortError> {
        self.memory.read(conversation, reader, seq).await
    }

    async fn reads(&self, conversation: &ConversationId) -> Result<Vec<(UserId, Seq)>, PortError> {
        self.memory.reads(conversation).await
    }

    async fn summary(
        &self,
        conversation: &ConversationId,
        user: &UserId,
    ) -> Result<Option<Summary>, PortError> {
        self.memory.summary(conversation, user).await
    }

    async fn conversations(
        &self,
        user: &UserId,
        from: Option<ListCursor>,
        limit: usize,
    ) -> Result<Listed, PortError> {
        self.memory.conversations(user, from, limit).await
    }

    async fn changed(
        &self,
        user: &UserId,
        since: Stamp,
        limit: usize,
    ) -> Result<Listed, PortError> {
        self.memory.changed(user, since, limit).await
    }

    async fn now(&self) -> Result<Stamp, PortError> {
        self.memory.now().await
    }
}
