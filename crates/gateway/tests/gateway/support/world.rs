//! A whole server in memory.

use std::sync::Arc;

use aizuchi_core::{
    attachments::{Attachment, AttachmentId, Attachments, Quota, State, Upload},
    chat::{Chat, Policy, Ports},
    clock::Clock,
    directory::{Directory, Profile},
    ids::{ConversationId, UserId},
    outcome::Refusal,
    registry::Level,
};
use aizuchi_gateway::{
    Gateway,
    local::{Hub, LocalLimiter, LocalRegistry, Rates},
};
use aizuchi_testkit::{
    attachments::MemoryAttachments, clock::ManualClock, directory::MemoryDirectory, ids::SeededIds,
    links::MemoryLinks, log::MemoryLog, registry::MemoryLastSeen,
};
use pollster::block_on;

use super::{Phone, TestLog, user};

/// One clock for all who need the time.
#[derive(Debug, Clone, Default)]
pub(crate) struct SharedClock(Arc<ManualClock>);

impl Clock for SharedClock {
    fn now_ms(&self) -> u64 {
        self.0.now_ms()
    }
}

#[derive(Debug)]
pub(crate) struct TestPorts {
    log: TestLog,
    registry: LocalRegistry<MemoryLastSeen>,
    directory: MemoryDirectory,
    links: MemoryLinks,
    attachments: MemoryAttachments,
    limiter: LocalLimiter<SharedClock>,
    clock: SharedClock,
    ids: SeededIds,
}

impl TestPorts {
    pub(crate) fn new(rates: Option<Rates>) -> Self {
        let clock = SharedClock::default();
        Self {
            log: TestLog::default(),
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
    type Log = TestLog;
    type Search = MemoryLog;
    type Registry = LocalRegistry<MemoryLastSeen>;
    type Directory = MemoryDirectory;
    type Links = MemoryLinks;
    type Attachments = MemoryAttachments;
    type Limiter = LocalLimiter<SharedClock>;
    type Clock = SharedClock;
    type Ids = SeededIds;

    fn log(&self) -> &TestLog {
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

/// A server on which ada, bob, cyd and 相槌 have accounts, by the names Ada,
/// Bob, Cyd and 相槌さん.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) gateway: Arc<Gateway<TestPorts, Hub>>,
}

impl World {
    /// Without rate limits, as an operator runs it unless he says otherwise.
    pub(crate) fn new() -> Self {
        Self::with(Policy::default(), None)
    }

    pub(crate) fn with(policy: Policy, rates: Option<Rates>) -> Self {
        let ports = TestPorts::new(rates);
        let hub = ports.registry.hub().clone();
        let world = Self { gateway: Arc::new(Gateway::new(Chat::new(ports, policy), hub)) };
        for (id, name) in [("ada", "Ada"), ("bob", "Bob"), ("cyd", "Cyd"), ("相槌", "相槌さん")]
        {
            world.sign_up(id, name);
        }
        world
    }

    pub(crate) fn sign_up(&self, id: &str, name: &str) {
        let profile = Profile { user: user(id), username: name.into() };
        block_on(self.ports().directory.remember(&profile)).unwrap();
    }

    fn ports(&self) -> &TestPorts {
        self.gateway.chat().ports()
    }

    pub(crate) fn log(&self) -> &TestLog {
        &self.ports().log
    }

    pub(crate) fn attachments(&self) -> &MemoryAttachments {
        &self.ports().attachments
    }

    /// A file of `of`'s that is whole, and was uploaded for this conversation.
    pub(crate) fn file(&self, of: &str, conversation: &str, number: u128) -> String {
        let id = AttachmentId::new(number);
        let attachment = Attachment {
            id,
            name: "plan.pdf".into(),
            media_type: "application/pdf".into(),
            size: 5,
            dimensions: None,
            has_thumbnail: false,
        };
        let upload = Upload {
            attachment,
            owner: user(of),
            conversation: ConversationId::parse(conversation).unwrap(),
            created_at: self.now(),
            state: State::Begun,
        };
        let quota = Quota { bytes: u64::MAX, unsent: usize::MAX, since: 0 };
        assert!(block_on(self.attachments().begin(&upload, quota)).unwrap());
        assert!(block_on(self.attachments().complete(&upload.attachment)).unwrap());
        id.to_string()
    }

    pub(crate) fn hub(&self) -> &Hub {
        self.ports().registry.hub()
    }

    pub(crate) fn now(&self) -> u64 {
        self.ports().clock.now_ms()
    }

    pub(crate) fn advance(&self, ms: u64) {
        self.ports().clock.0.advance(ms);
    }

    /// A device of level 1 comes up.
    pub(crate) fn phone(&self, of: &str) -> Phone<'_> {
        self.connect(of, Level::One, None).unwrap()
    }

    /// A page of level 0 comes up, with this partner open.
    pub(crate) fn page<'a>(&self, of: &str, partner: impl Into<Option<&'a str>>) -> Phone<'_> {
        self.connect(of, Level::Zero, partner.into().map(user)).unwrap()
    }

    pub(crate) fn connect(
        &self,
        of: &str,
        level: Level,
        partner: Option<UserId>,
    ) -> Result<Phone<'_>, Refusal> {
        let line = self.hub().open(user(of), level, None, self.now());
        block_on(self.gateway.connect(&line.caller, partner))?;
        Ok(Phone::new(self, line))
    }
}
