//! Random calls, compared with the reference model.

#![expect(missing_docs, reason = "the test's name says it")]
#![expect(clippy::unwrap_used, reason = "a broken law fails its test")]

use crate::block_on;
use aizuchi_core::{
    error::PortError,
    ids::{ConversationId, MessageId, UserId},
    log::{
        Appended, Body, Emoji, ListCursor, Listed, LogStore, Message, NewEntry, PageSize, Span,
        Stamp, Summary,
    },
    room::{History, Membership, Newcomer, Role, Rule},
};
use proptest::{
    prelude::{Just, Strategy, any, prop, prop_oneof},
    test_runner::{Config, TestRunner},
};

use super::{
    LogFixture, MemoryLog,
    sample::{client_id, direct, user},
};

/// Series of calls that are tried.
const CASES: u32 = 24;
/// Calls of a series, at most.
const CALLS: usize = 60;
/// Whoever takes part; everybody talks with everybody.
const PEOPLE: [&str; 4] = ["ada", "bob", "cyd", "相槌"];

/// One call, or several that are under way together. People, conversations
/// and stamps are named by any number, which is taken modulo how many there are.
#[derive(Debug, Clone)]
enum Call {
    Append(Vec<New>),
    Read { conversation: usize, reader: usize, seq: u64 },
    Page { conversation: usize, span: Span, size: PageSize },
    Summary { conversation: usize, of: usize },
    List { of: usize, limit: usize },
    Changed { of: usize, since: usize, limit: usize },
    Now,
    Reopen,
}

#[derive(Debug, Clone)]
struct New {
    conversation: usize,
    author: usize,
    client_id: Option<u8>,
    what: What,
}

/// What an entry says. A target is named by any number, modulo the log's length.
#[derive(Debug, Clone)]
enum What {
    Message { length: usize, reply_to: Option<u64>, mentions: Vec<usize> },
    Edit { target: u64, length: usize },
    Deletion { target: u64 },
    Reaction { target: u64, emoji: usize, on: bool },
    Member { change: usize, other: usize, role: usize },
}

fn what() -> impl Strategy<Value = What> {
    let number = any::<usize>;
    // Often the same few, so that they meet.
    let target = || prop_oneof![3 => 0..4_u64, 1 => any::<u64>()];
    let message =
        (1..200_usize, prop::option::of(any::<u64>()), prop::collection::vec(number(), 0..3));
    prop_oneof![
        8 => message
            .prop_map(|(length, reply_to, mentions)| What::Message { length, reply_to, mentions }),
        2 => (target(), 1..200_usize).prop_map(|(target, length)| What::Edit { target, length }),
        2 => target().prop_map(|target| What::Deletion { target }),
        3 => (target(), 0..3_usize, any::<bool>())
            .prop_map(|(target, emoji, on)| What::Reaction { target, emoji, on }),
        4 => (number(), number(), number())
            .prop_map(|(change, other, role)| What::Member { change, other, role }),
    ]
}

fn new() -> impl Strategy<Value = New> {
    let client_id = prop::option::of(0..40_u8);
    let conversation = prop_oneof![1 => Just(0), 3 => any::<usize>()];
    (conversation, any::<usize>(), client_id, what()).prop_map(
        |(conversation, author, client_id, what)| New { conversation, author, client_id, what },
    )
}

fn call() -> impl Strategy<Value = Call> {
    let number = any::<usize>;
    let seq = || prop_oneof![4 => 0..30_u64, 1 => any::<u64>()];
    let span =
        prop_oneof![Just(Span::Newest), seq().prop_map(Span::Before), seq().prop_map(Span::After)];
    let bytes = prop_oneof![1 => 0..600_usize, 2 => Just(usize::MAX)];
    let size = (0..20_usize, bytes).prop_map(|(entries, bytes)| PageSize { entries, bytes });
    prop_oneof![
        8 => prop::collection::vec(new(), 1..8).prop_map(Call::Append),
        4 => (number(), number(), seq())
            .prop_map(|(conversation, reader, seq)| Call::Read { conversation, reader, seq }),
        4 => (number(), span, size)
            .prop_map(|(conversation, span, size)| Call::Page { conversation, span, size }),
        2 => (number(), number()).prop_map(|(conversation, of)| Call::Summary { conversation, of }),
        2 => (number(), 1..5_usize).prop_map(|(of, limit)| Call::List { of, limit }),
        2 => (number(), number(), 1..5_usize)
            .prop_map(|(of, since, limit)| Call::Changed { of, since, limit }),
        2 => Just(Call::Now),
        1 => Just(Call::Reopen),
    ]
}

pub fn every_answer_is_the_models<F: LogFixture>(make: impl Fn() -> F) {
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&prop::collection::vec(call(), 1..CALLS), |calls| {
            let mut pair = Pair::new(make());
            for call in calls {
                pair.call(call);
            }
            pair.compare_all();
            pair.reopen();
            pair.compare_all();
            Ok(())
        })
        .unwrap();
}

/// A store and the model, to which the same has happened.
struct Pair<F: LogFixture> {
    fixture: F,
    /// `None` only while it is opened again.
    store: Option<F::Store>,
    model: MemoryLog,
    people: Vec<UserId>,
    conversations: Vec<ConversationId>,
    /// Both's stamps of the same moments: each means something to its own store alone.
    stamps: Vec<(Stamp, Stamp)>,
    appended: u64,
}

impl<F: LogFixture> Pair<F> {
    fn new(fixture: F) -> Self {
        let mut conversations = vec![ConversationId::parse("r:room").unwrap()];
        for (at, one) in PEOPLE.iter().enumerate() {
            conversations.extend(PEOPLE[..at].iter().map(|other| direct(one, other)));
        }
        Self {
            store: Some(fixture.open()),
            fixture,
            model: MemoryLog::default(),
            people: PEOPLE.map(user).to_vec(),
            conversations,
            stamps: vec![(Stamp(0), Stamp(0))],
            appended: 0,
        }
    }

    fn store(&self) -> &F::Store {
        self.store.as_ref().unwrap()
    }

    fn reopen(&mut self) {
        self.store = None;
        self.store = Some(self.fixture.open());
    }

    fn call(&mut self, call: Call) {
        match call {
            Call::Append(news) => self.append(&news),
            Call::Read { conversation, reader, seq } => {
                let conversation = self.conversation(conversation);
                let reader = &self.member(conversation, reader);
                let theirs = block_on(self.store().read(conversation, reader, seq)).unwrap();
                let ours = block_on(self.model.read(conversation, reader, seq)).unwrap();
                assert_eq!(theirs, ours);
            }
            Call::Page { conversation, span, size } => {
                self.compare_page(self.conversation(conversation), span, size);
            }
            Call::Summary { conversation, of } => {
                let conversation = self.conversation(conversation);
                self.compare_summary(conversation, &self.member(conversation, of));
            }
            Call::List { of, limit } => self.compare_list(self.person(of), limit),
            Call::Changed { of, since, limit } => {
                let since = self.stamps[since % self.stamps.len()];
                self.compare_changed(self.person(of), since, limit);
            }
            Call::Now => {
                let theirs = block_on(self.store().now()).unwrap();
                self.stamps.push((theirs, block_on(self.model.now()).unwrap()));
            }
            Call::Reopen => self.reopen(),
        }
    }

    fn append(&mut self, news: &[New]) {
        let entries: Vec<_> = news.iter().map(|new| self.entry(new)).collect();
        let waiting: Vec<_> =
            entries.iter().map(|entry| self.store().append(entry.clone())).collect();
        for (entry, theirs) in entries.into_iter().zip(waiting) {
            assert_eq!(answer(block_on(theirs)), answer(block_on(self.model.append(entry))));
        }
    }

    fn entry(&mut self, new: &New) -> NewEntry {
        self.appended += 1;
        let timestamp = 1_000 * self.appended;
        NewEntry {
            conversation: self.conversation(new.conversation).clone(),
            author: self.person(new.author).clone(),
            client_msg_id: new.client_id.map(|id| match id {
                0..20 => client_id(&id.to_string()),
                _ => client_id(&MessageId::new(timestamp % 7, id.into()).to_string()),
            }),
            message_id: MessageId::new(timestamp, self.appended.into()),
            timestamp,
            sent_at: self.appended.is_multiple_of(2).then_some(-1),
            body: self.body(&self.conversation(new.conversation).clone(), &new.what),
        }
    }

    fn body(&self, conversation: &ConversationId, what: &What) -> Body {
        let size = PageSize { entries: 1, bytes: 0 };
        let page = block_on(self.model.entries(conversation, Span::Newest, size)).unwrap();
        let end = page.entries.first().map_or(0, |newest| newest.seq);
        let text = |length| "x".repeat(length).into();
        let is_room = conversation.direct_members().is_none();
        match what {
            What::Message { length, reply_to, mentions } => Body::Message(Message {
                reply_to: *reply_to,
                mentions: mentions.iter().map(|number| self.person(*number).clone()).collect(),
                ..Message::text(text(*length))
            }),
            What::Member { change, other, role } if is_room => {
                Body::Membership(self.membership(*change, *other, *role))
            }
            // Nothing is there yet that could be changed.
            _ if end == 0 => Body::text("first"),
            What::Edit { target, length } => Body::Edit {
                target: target % end + 1,
                text: text(*length),
                mentions: [self.person(*length).clone()].into(),
            },
            What::Deletion { target } => Body::Deletion { target: target % end + 1 },
            What::Reaction { target, emoji, on } => Body::Reaction {
                target: target % end + 1,
                emoji: Emoji::parse(["👍", "❤️", "👩‍👩‍👧‍👦"][*emoji]).unwrap(),
                on: *on,
            },
            What::Member { .. } => Body::text("no room"),
        }
    }

    fn membership(&self, change: usize, other: usize, role: usize) -> Membership {
        let user = self.person(other).clone();
        let newcomer = Newcomer { user: user.clone(), username: "name".into() };
        match change % 7 {
            0 => Membership::Created {
                name: "room".into(),
                history: [History::All, History::SinceJoined][role % 2],
                username: "name".into(),
                members: [newcomer].into(),
            },
            1 => Membership::Invited { members: [newcomer].into() },
            2 => Membership::Joined { username: "name".into() },
            3 => Membership::Left,
            4 => Membership::Removed { user },
            5 => Membership::Renamed { name: format!("room {role}").into() },
            _ => Membership::RoleSet {
                user,
                role: [Role::Member, Role::Admin, Role::Owner][role % 3],
            },
        }
    }

    fn conversation(&self, number: usize) -> &ConversationId {
        &self.conversations[number % self.conversations.len()]
    }

    fn person(&self, number: usize) -> &UserId {
        &self.people[number % self.people.len()]
    }

    /// Nobody else reads a direct conversation.
    fn member(&self, conversation: &ConversationId, number: usize) -> UserId {
        match conversation.direct_members() {
            Some(both) => both[number % 2].clone(),
            None => self.person(number).clone(),
        }
    }

    fn compare_all(&self) {
        for conversation in &self.conversations {
            let size = PageSize { entries: usize::MAX, bytes: usize::MAX };
            self.compare_page(conversation, Span::After(0), size);
            self.compare_room(conversation);
            for number in 0..self.people.len() {
                self.compare_summary(conversation, &self.member(conversation, number));
            }
        }
        for person in &self.people {
            self.compare_list(person, 3);
            for since in &self.stamps {
                self.compare_changed(person, *since, 3);
            }
        }
    }

    fn compare_page(&self, conversation: &ConversationId, span: Span, size: PageSize) {
        let ours = block_on(self.model.entries(conversation, span, size)).unwrap();
        let theirs = block_on(self.store().entries(conversation, span, size)).unwrap();
        assert_eq!(theirs, ours);
        let ours = block_on(self.model.messages(conversation, span, size)).unwrap();
        let theirs = block_on(self.store().messages(conversation, span, size)).unwrap();
        assert_eq!(theirs, ours);
    }

    fn compare_room(&self, conversation: &ConversationId) {
        let ours = block_on(self.model.room(conversation)).unwrap();
        assert_eq!(block_on(self.store().room(conversation)).unwrap(), ours);
    }

    fn compare_summary(&self, conversation: &ConversationId, of: &UserId) {
        let room = block_on(self.model.room(conversation)).unwrap();
        let is_member = room.is_some_and(|room| room.role(of).is_some());
        if conversation.direct_members().is_none() && !is_member {
            return;
        }
        let theirs = block_on(self.store().summary(conversation, of)).unwrap();
        let ours = block_on(self.model.summary(conversation, of)).unwrap();
        assert_eq!(theirs.map(unstamped), ours.map(unstamped));
    }

    fn compare_list(&self, of: &UserId, limit: usize) {
        fn list(store: &impl LogStore, of: &UserId, limit: usize) -> Vec<Vec<Summary>> {
            pages(|from| block_on(store.conversations(of, from, limit)).unwrap())
        }
        assert_eq!(list(self.store(), of, limit), list(&self.model, of, limit));
    }

    fn compare_changed(&self, of: &UserId, since: (Stamp, Stamp), limit: usize) {
        fn list(
            store: &impl LogStore,
            of: &UserId,
            since: Stamp,
            limit: usize,
        ) -> Vec<Vec<Summary>> {
            pages(|from: Option<ListCursor>| {
                let since = from.map_or(since, |from| from.0);
                block_on(store.changed(of, since, limit)).unwrap()
            })
        }
        assert_eq!(list(self.store(), of, since.0, limit), list(&self.model, of, since.1, limit));
    }
}

/// What was answered, or which rule was in the way.
fn answer(answer: Result<Appended, PortError>) -> Result<Appended, Rule> {
    answer.map_err(|error| match error {
        PortError::Refused(rule) => rule,
        error => panic!("{error:?}"),
    })
}

fn unstamped(summary: Summary) -> Summary {
    Summary { newest: Stamp(0), changed: Stamp(0), ..summary }
}

fn pages(ask: impl Fn(Option<ListCursor>) -> Listed) -> Vec<Vec<Summary>> {
    let mut pages = Vec::new();
    let mut from = None;
    loop {
        let page = ask(from);
        pages.push(page.summaries.into_iter().map(unstamped).collect());
        from = page.next;
        if from.is_none() {
            return pages;
        }
    }
}
