//! A device: the client's session, and what its application would show.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    time::Duration,
};

use aizuchi_client::{
    Event,
    event::{Command, Conversation, Message},
    session::{Effect, Session},
};

/// Messages of one page of history: few, so that there are pages.
const PAGE: u32 = 20;

/// An entry as it is compared with the log: its author, its text and its name.
pub(super) type Shown = (String, String, String);

/// A conversation on this device.
#[derive(Default)]
pub(super) struct View {
    pub(super) entries: BTreeMap<u64, Shown>,
    pub(super) reads: BTreeMap<String, u64>,
    /// The last message that came by itself, which the next one follows.
    handed: Option<u64>,
    asked_for_history: bool,
}

impl View {
    /// Other people's messages after one's own cursor.
    pub(super) fn unread(&self, me: &str) -> u64 {
        let cursor = self.reads.get(me).copied().unwrap_or(0);
        let after = self.entries.range(cursor + 1..);
        after.filter(|(_, (author, ..))| author != me).count() as u64
    }

    fn show(&mut self, message: Message) {
        let shown = (message.from_sub, message.text, message.message_id);
        let before = self.entries.insert(message.seq, shown.clone());
        assert!(before.is_none_or(|before| before == shown), "an entry changed");
    }

    fn has_read(&mut self, who: String, seq: u64) {
        let cursor = self.reads.entry(who).or_default();
        *cursor = seq.max(*cursor);
    }
}

pub(super) struct Device {
    pub(super) me: &'static str,
    pub(super) session: Session,
    /// Its connection, while it believes to have one.
    pub(super) connection: Option<usize>,
    pub(super) views: BTreeMap<String, View>,
    /// What it was asked to say where, in order.
    pub(super) said: Vec<(String, String)>,
    /// What became durable, by `clientMsgId`.
    pub(super) sent: HashMap<String, (String, u64)>,
    /// What its application wants.
    wants: VecDeque<Command>,
}

impl Device {
    pub(super) fn new(me: &'static str, seed: u64) -> Self {
        Self {
            me,
            session: Session::new(me.to_owned(), seed),
            connection: None,
            views: BTreeMap::new(),
            said: Vec::new(),
            sent: HashMap::new(),
            wants: VecDeque::new(),
        }
    }

    /// What is to be done for it, the application's wishes included.
    pub(super) fn next_effect(&mut self, now: Duration) -> Option<Effect> {
        loop {
            match self.session.next_effect() {
                Some(Effect::Event(event)) => self.hears(event),
                Some(effect) => return Some(effect),
                None => self.session.command(now, self.wants.pop_front()?),
            }
        }
    }

    fn hears(&mut self, event: Event) {
        match event {
            Event::Message(message) => {
                let view = self.views.entry(message.conversation_id.clone()).or_default();
                let follows = view.handed.is_none_or(|handed| message.seq == handed + 1);
                assert!(follows, "{} after {:?}", message.seq, view.handed);
                view.handed = Some(message.seq);
                view.show(message);
            }
            Event::Change(_) => {}
            Event::Conversation(conversation) => self.hears_of(conversation),
            Event::Read { conversation_id, sub, seq } => {
                self.views.entry(conversation_id).or_default().has_read(sub, seq);
            }
            Event::Page { conversation_id, messages, has_more } => {
                let oldest = messages.first().map(|message| message.seq);
                let view = self.views.entry(conversation_id.clone()).or_default();
                messages.into_iter().for_each(|message| view.show(message));
                if has_more {
                    self.wants.push_back(history(conversation_id, oldest));
                }
            }
            Event::Sent { client_msg_id, conversation_id, seq } => {
                let before = self.sent.insert(client_msg_id, (conversation_id, seq));
                assert_eq!(before, None, "acknowledged twice");
            }
            Event::Link(_) | Event::Typing { .. } | Event::Presence { .. } => {}
            Event::Refused { .. }
            | Event::Failed { .. }
            | Event::Reset { .. }
            | Event::Conversations { .. }
            | Event::Found { .. } => panic!("unexpected {event:?}"),
        }
    }

    fn hears_of(&mut self, conversation: Conversation) {
        let view = self.views.entry(conversation.id.clone()).or_default();
        for (who, seq) in conversation.reads {
            view.has_read(who, seq);
        }
        // What was said before this device came is history.
        if !std::mem::replace(&mut view.asked_for_history, true) {
            self.wants.push_back(history(conversation.id, Some(conversation.last_seq + 1)));
        }
    }
}

fn history(conversation_id: String, before: Option<u64>) -> Command {
    Command::History { conversation_id, before, limit: PAGE }
}
