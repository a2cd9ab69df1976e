//! What follows from what is seen and written: reading, typing, watching.

use aizuchi_client::event::Command;

use super::{Item, Line, Loaded, Model};

/// Between two moves of one's read cursor, ms.
const READ_EVERY: u64 = 500;
/// Between two times of saying that one types, ms.
const TYPING_EVERY: u64 = 4_000;
/// People watched at a time.
const WATCHED: usize = 50;

#[derive(Debug, Default)]
pub(super) struct Duties {
    /// Whether a page of the list is on its way.
    pub(super) is_list_asked: bool,
    /// Where one was said to type, and when, ms since the epoch.
    pub(super) typing: Option<(String, u64)>,
    watched: Vec<String>,
    /// Not before then the cursor moves again.
    read_from: u64,
    /// Whether it is to move then.
    is_read_due: bool,
}

impl Model {
    /// Does what follows from the present state. Called after every change.
    pub(super) fn attend(&mut self, now: u64) {
        self.now = now;
        for conversation in self.conversations.values_mut() {
            conversation.forget_typing(now);
        }
        self.fill();
        self.read_what_is_seen();
        self.watch_who_is_seen();
    }

    /// When [`Model::tick`] wants to be called, ms since the epoch.
    pub(in crate::chat::full) fn deadline(&self) -> Option<u64> {
        let typing = self.conversations.values().filter_map(|one| one.typing_ends());
        let second = match self.line {
            // The countdown.
            Line::Offline { until } if until > self.now => Some(self.now + 1_000),
            _ => None,
        };
        let read = self.duties.is_read_due.then_some(self.duties.read_from);
        typing.chain(second).chain(read).min()
    }

    /// A conversation that does not fill the screen is loaded further.
    fn fill(&mut self) {
        let is_short = self.rows().is_some_and(|(rows, height)| rows.seen(height).len() < height);
        if is_short {
            self.load_earlier();
        }
    }

    fn read_what_is_seen(&mut self) {
        self.duties.is_read_due = false;
        let me = self.me.sub.clone();
        let Some(open) = self.open() else { return };
        let is_here = matches!(open.loaded, Loaded::Yes { .. } | Loaded::Earlier);
        if !self.is_looked_at || !is_here || self.shows_help {
            return;
        }
        let Some((rows, height)) = self.rows() else { return };
        let last = rows.seen(height).last().map_or(0, |last| last.item);
        let read = open.read_up_to(&me);
        let seen = (0..=last).rev().map_while(|item| match open.item(item)? {
            Item::Message(message) => Some(Some(message)),
            Item::Outgoing(_) => Some(None),
        });
        let last_of_others = seen.flatten().find(|message| message.from_sub != me);
        let Some(seq) = last_of_others.map(|message| message.seq).filter(|seq| *seq > read) else {
            return;
        };
        if self.now < self.duties.read_from {
            self.duties.is_read_due = true;
            return;
        }
        self.duties.read_from = self.now + READ_EVERY;
        let Some(open) = self.open_mut() else { return };
        open.read_by_me(&me, seq);
        let conversation_id = open.id.clone();
        self.command(Command::Read { conversation_id, seq });
    }

    /// The open conversation's partner and those of the latest conversations.
    fn watch_who_is_seen(&mut self) {
        let me = &self.me.sub;
        let listed = self.open().into_iter().chain(self.listed());
        let mut wanted: Vec<String> = Vec::new();
        for partner in listed.filter_map(|one| one.partner(me)) {
            if wanted.len() == WATCHED {
                break;
            }
            if !wanted.contains(&partner.sub) {
                wanted.push(partner.sub.clone());
            }
        }
        if wanted.iter().any(|sub| !self.duties.watched.contains(sub)) {
            self.duties.watched.clone_from(&wanted);
            self.presence.retain(|sub, _| wanted.contains(sub));
            self.command(Command::Watch { subs: wanted });
        }
    }

    /// The draft has changed.
    pub(super) fn type_on(&mut self) {
        let Some(open) = self.open() else { return };
        if open.draft.text().trim().is_empty() {
            return self.stop_typing();
        }
        let id = open.id.clone();
        // Of a conversation that has not begun nobody wants to hear.
        let begun = open.last.is_some();
        let is_said = |(place, at): &(String, u64)| *place == id && at + TYPING_EVERY > self.now;
        if begun && self.line == Line::Online && !self.duties.typing.as_ref().is_some_and(is_said) {
            self.duties.typing = Some((id.clone(), self.now));
            self.command(Command::Typing { conversation_id: id, on: true });
        }
    }

    pub(super) fn stop_typing(&mut self) {
        if let Some((conversation_id, _)) = self.duties.typing.take() {
            self.command(Command::Typing { conversation_id, on: false });
        }
    }
}
