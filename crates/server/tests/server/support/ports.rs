//! Memory behind the ports.

use std::{future::Future, pin::Pin, sync::Arc};

use aizuchi_core::{
    chat::Ports,
    clock::Clock,
    error::PortError,
    ids::{ClientMsgId, ConversationId, Seq, UserId},
    log::{
        Appended, Cursor, Entry, ListCursor, Listed, LogStore, NewEntry, Page, PageSize, Span,
        Stamp, Summary,
    },
    room::Room,
};
use aizuchi_gateway::local::{Hub, LocalLimiter, LocalRegistry, Rates};
use aizuchi_testkit::{
    attachments::MemoryAttachments, clock::ManualClock, directory::MemoryDirectory, ids::SeededIds,
    links::MemoryLinks, log::MemoryLog, registry::MemoryLastSeen,
};
use futures_util::FutureExt;

use super::Gate;

/// One clock for all who need the time.
#[derive(Debug, Clone, Default)]
pub(crate) struct SharedClock(Arc<ManualClock>);

impl SharedClock {
    pub(crate) fn advance(&self, ms: u64) {
        self.0.advance(ms);
    }
}

impl Clock for SharedClock {
    fn now_ms(&self) -> u64 {
        self.0.now_ms()
    }
}

#[derive(Debug)]
pub(crate) struct TestPorts {
    pub(crate) log: GatedLog,
    pub(crate) registry: LocalRegistry<MemoryLastSeen>,
    pub(crate) directory: MemoryDirectory,
    links: MemoryLinks,
    attachments: MemoryAttachments,
    pub(crate) clock: SharedClock,
    limiter: LocalLimiter<SharedClock>,
    ids: SeededIds,
}

impl TestPorts {
    pub(crate) fn new(rates: Option<Rates>) -> Self {
        let clock = SharedClock::default();
        Self {
            log: GatedLog::default(),
            registry: LocalRegistry::new(Hub::new(), MemoryLastSeen::default()),
            directory: MemoryDirectory::default(),
            links: MemoryLinks::default(),
            attachments: MemoryAttachments::default(),
            limiter: LocalLimiter::new(clock.clone(), rates),
            clock,
            ids: SeededIds::default(),
        }
    }
}

impl Ports for TestPorts {
    type Log = GatedLog;
    type Search = MemoryLog;
    type Registry = LocalRegistry<MemoryLastSeen>;
    type Directory = MemoryDirectory;
    type Links = MemoryLinks;
    type Attachments = MemoryAttachments;
    type Limiter = LocalLimiter<SharedClock>;
    type Clock = SharedClock;
    type Ids = SeededIds;

    fn log(&self) -> &GatedLog {
        &self.log
    }

    fn search(&self) -> &MemoryLog {
        &self.log.memory
    }

    fn registry(&self) -> &LocalRegistry<MemoryLastSeen> {
        &self.registry
    }

    fn directory(&self) -> &MemoryDirectory {
        &self.directory
    }

    fn links(&self) -> &MemoryLinks {
        &self.links
    }

    fn attachments(&self) -> &MemoryAttachments {
        &self.attachments
    }

    fn limiter(&self) -> &LocalLimiter<SharedClock> {
        &self.limiter
    }

    fn clock(&self) -> &SharedClock {
        &self.clock
    }

    fn ids(&self) -> &SeededIds {
        &self.ids
    }
}

/// A log that stores at once, and answers appends when its gate is open.
#[derive(Debug, Default)]
pub(crate) struct GatedLog {
    memory: MemoryLog,
    pub(crate) gate: Gate,
}

impl LogStore for GatedLog {
    type Appending = Pin<Box<dyn Future<Output = Result<Appended, PortError>> + Send>>;

    fn append(&self, entry: NewEntry) -> Self::Appending {
        let stored = self.memory.append(entry).now_or_never().unwrap();
        let gate = self.gate.clone();
        gate.come();
        Box::pin(async move {
            gate.pass().await;
            stored
        })
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
