//! What is done in the open conversation: writing, and looking around.

use aizuchi_client::event::{Command, To};

use super::{Line, Loaded, Model, Place, Progress, conversation::Outgoing, events::PAGE};

impl Model {
    /// Sends what is written.
    pub(super) fn submit(&mut self) {
        if let Line::Ended(_) = self.line {
            self.notice = Some("This is not sent any more; it stays here.".to_owned());
            return;
        }
        let (me, now) = (self.me.sub.clone(), self.now);
        let Some(open) = self.open() else { return };
        let written = open.draft.text().trim_end().to_owned();
        if written.trim().is_empty() {
            return;
        }
        let to = match open.partner(&me) {
            Some(partner) => To::Person(partner.sub.clone()),
            None => To::Conversation(open.id.clone()),
        };
        let Some(client_msg_id) = (self.ids)() else {
            self.notice = Some("This machine has no randomness; nothing can be sent.".to_owned());
            return;
        };
        let outgoing = Outgoing {
            client_msg_id: client_msg_id.clone(),
            written: written.clone(),
            at: now,
            progress: Progress::Waiting,
        };
        if let Some(open) = self.open_mut() {
            open.outgoing.push(outgoing);
            open.draft.clear();
            (open.place, open.new_from) = (Place::End, None);
        }
        // Who gets the message knows that its writing has ended.
        self.duties.typing = None;
        let sent_at = i64::try_from(now).ok();
        self.command(Command::Send { client_msg_id, to, text: written, reply_to: None, sent_at });
    }

    /// Takes a refused message back, to be written otherwise.
    pub(super) fn take_back(&mut self) {
        let Some(open) = self.open_mut() else { return };
        if !open.draft.is_empty() {
            self.notice = Some("Send or delete first what is written here.".to_owned());
            return;
        }
        let is_refused = |progress: &Progress| matches!(progress, Progress::Refused(_));
        match open.outgoing.iter().rposition(|one| is_refused(&one.progress)) {
            Some(at) => {
                let outgoing = open.outgoing.remove(at);
                open.draft.set(&outgoing.written);
            }
            None => self.notice = Some("Nothing was refused here.".to_owned()),
        }
    }

    /// Looks `by` rows further down, or up.
    pub(super) fn scroll(&mut self, by: isize) {
        let Some((rows, height)) = self.rows() else { return };
        let (place, is_at_top) = rows.moved(by, height);
        if let Some(open) = self.open_mut() {
            open.place = place;
        }
        if by < 0 && is_at_top {
            self.load_earlier();
        }
    }

    /// Looks at the end, or at the first message that is here.
    pub(super) fn jump(&mut self, to_end: bool) {
        if to_end {
            if let Some(open) = self.open_mut() {
                open.place = Place::End;
            }
        } else if let Some((rows, height)) = self.rows() {
            let first = rows.conversation.item(0).map(|first| first.key());
            let place = first.map_or(Place::End, |first| rows.around(first, 0, height));
            if let Some(open) = self.open_mut() {
                open.place = place;
            }
            self.load_earlier();
        }
    }

    /// A page less a row, so that the eye finds its place.
    pub(super) fn page_height(&self) -> isize {
        let height = self.areas().talk.map_or(0, |talk| talk.log.height);
        (isize::try_from(height).unwrap_or(1) - 1).max(1)
    }

    /// Asks for what came before, unless it is here or on its way.
    pub(super) fn load_earlier(&mut self) {
        let Some(open) = self.open_mut() else { return };
        let Some(first) = open.messages.first() else { return };
        if open.loaded != (Loaded::Yes { has_earlier: true }) {
            return;
        }
        let (conversation_id, before) = (open.id.clone(), Some(first.seq));
        open.loaded = Loaded::Earlier;
        self.command(Command::History { conversation_id, before, limit: PAGE });
    }

    /// Opens the next conversation of the list, or the one before.
    pub(super) fn open_neighbour(&mut self, down: bool) {
        if let Some(id) = self.neighbour(self.open.as_deref(), down) {
            self.open_conversation(&id);
        }
    }

    /// The next in the list after this one, or the one before; the first where
    /// there is none.
    pub(super) fn neighbour(&self, of: Option<&str>, down: bool) -> Option<String> {
        let listed = self.listed();
        let at = of.and_then(|of| listed.iter().position(|one| one.id == of));
        let next = match at {
            None => 0,
            Some(at) if down => at + 1,
            Some(at) => at.saturating_sub(1),
        };
        listed.get(next.min(listed.len().saturating_sub(1))).map(|one| one.id.clone())
    }
}
