//! What the server says, and what follows from it.

use std::time::Duration;

use aizuchi_wire::{
    ErrorCode, ServerFrame,
    server::{self, EntryKind},
};

use super::{Effect, RETRY_AFTER, SYNC_ID, Session, State, Syncing, timeline::Timeline};
use crate::event::{Change, Conversation, Event, Link, Message};

impl Session {
    /// A frame came. One that this client does not know is ignored, as the
    /// protocol grows.
    pub fn text(&mut self, now: Duration, text: &str) {
        if !matches!(self.state, State::Open { .. }) {
            return;
        }
        self.understand(now, text);
        // Whatever came shows that the server is there, but not that it has the
        // rest of what it was asked: for that the wait begins anew.
        let waits = self.is_waiting_for_an_answer();
        if let State::Open { unanswered_since, .. } = &mut self.state {
            *unanswered_since = waits.then_some(now);
        }
    }

    fn is_waiting_for_an_answer(&self) -> bool {
        self.syncing == Syncing::Asked
            || self.questions.is_in_flight()
            || self.outbox.is_in_flight()
    }

    fn understand(&mut self, now: Duration, text: &str) {
        let Ok(frame) = serde_json::from_str::<ServerFrame<'_>>(text) else { return };
        match frame {
            ServerFrame::Ack(ack) => self.ack(now, &ack),
            ServerFrame::SendMsg(message) => {
                self.place(now, Message::new(&message.conversation_id, message.message));
            }
            ServerFrame::EditMsg(entry)
            | ServerFrame::DelMsg(entry)
            | ServerFrame::React(entry)
            | ServerFrame::Membership(entry) => {
                self.place(now, Message::new(&entry.conversation_id, entry.message));
            }
            ServerFrame::Sync(sync) => self.synced(now, sync),
            ServerFrame::GetMsg(page) => self.page(page),
            ServerFrame::Conversations(list) => {
                self.questions.answered(list.request_id.as_deref());
                self.tell(Event::Conversations {
                    conversations: list.conversations.into_iter().map(Into::into).collect(),
                    cursor: list.cursor.map(|cursor| cursor.to_string()),
                });
            }
            ServerFrame::Search(found) => {
                self.questions.answered(found.request_id.as_deref());
                self.tell(Event::Found {
                    hits: found.hits.into_iter().map(Into::into).collect(),
                    cursor: found.cursor.map(|cursor| cursor.to_string()),
                });
            }
            ServerFrame::Read(read) => {
                self.questions.answered(read.request_id.as_deref());
                self.tell(Event::Read {
                    conversation_id: read.conversation_id.to_string(),
                    sub: read.sub.to_string(),
                    seq: read.seq,
                });
            }
            ServerFrame::Typing(typing) => self.tell(Event::Typing {
                conversation_id: typing.conversation_id.to_string(),
                sub: typing.sub.to_string(),
                on: typing.on,
            }),
            ServerFrame::IsOnline(is) => {
                let (online, sub) = (&*is.value == "1", is.sub.to_string());
                self.tell(Event::Presence { sub, online, last_seen: is.last_seen });
            }
            ServerFrame::Error(error) => self.refused(now, error),
            ServerFrame::Block(blocked) | ServerFrame::Unblock(blocked) => {
                self.questions.answered(blocked.request_id.as_deref());
            }
            ServerFrame::Pong(_) | ServerFrame::PartnerInfo(_) => {}
        }
    }

    fn ack(&mut self, now: Duration, ack: &server::Ack<'_>) {
        let Some(sent) = self.outbox.acked(&ack.conversation_id, &ack.client_msg_id) else {
            return;
        };
        self.tell(Event::Sent {
            client_msg_id: sent.client_msg_id.clone(),
            conversation_id: ack.conversation_id.to_string(),
            seq: ack.seq,
        });
        // The sending connection gets no event: its own message takes its place here.
        let (kind, target) =
            sent.change.as_deref().map_or((EntryKind::Message, None), super::changes::entry);
        let (text, reacts) = match sent.change.map(|change| *change) {
            Some(Change::Edit { text, .. }) => (text, None),
            Some(Change::React { emoji, on, .. }) => (sent.text, Some((emoji, on))),
            _ => (sent.text, None),
        };
        let message = Message {
            kind,
            conversation_id: ack.conversation_id.to_string(),
            seq: ack.seq,
            message_id: ack.message_id.to_string(),
            from_sub: self.me.clone(),
            text,
            timestamp: ack.timestamp,
            client_msg_id: Some(sent.client_msg_id),
            reply_to: sent.reply_to,
            target,
            edited_at: None,
            deleted: false,
            reactions: Vec::new(),
            reacts,
        };
        self.place(now, message);
        self.flush(now);
    }

    fn synced(&mut self, now: Duration, sync: server::Sync<'_>) {
        for conversation in sync.conversations {
            let is_reset = conversation.reset == Some(true);
            let conversation = Conversation::from(conversation);
            self.conversation(now, &conversation, is_reset);
            self.tell(Event::Conversation(conversation));
        }
        for entry in sync.entries {
            self.place(now, Message::new(&entry.conversation_id, entry.message));
        }
        if sync.more {
            return;
        }
        self.since = Some(sync.since.to_string());
        self.syncing = Syncing::No;
        if !self.begun {
            self.begun = true;
            self.begin_the_rest(now);
        }
        // What is still missing was not in this answer, and has its time from now.
        self.gaps.values_mut().for_each(|noticed| *noticed = now);
        if !self.caught_up {
            self.caught_up = true;
            self.backoff.reset();
            self.tell(Event::Link(Link::Online));
        }
    }

    fn conversation(&mut self, now: Duration, conversation: &Conversation, is_reset: bool) {
        let begun = self.begun;
        let id = conversation.id.clone();
        let timeline =
            self.timelines.entry(id.clone()).or_insert_with(|| Timeline::new(begun.then_some(0)));
        let last_seq = conversation.last_seq;
        let mut handed = Vec::new();
        let mut reset = false;
        match timeline.seen() {
            // All before the first SYNC is history, which the page asks for.
            None => timeline.begin_after(last_seq, |message| handed.push(message)),
            // Behind by much, or ahead of a server that was put back from a backup.
            Some(seen) if is_reset && seen != last_seq => {
                timeline.begin_after(last_seq, |message| handed.push(message));
                reset = true;
            }
            Some(_) => timeline.heard_of(last_seq),
        }
        self.note_gap(now, &id);
        if reset {
            self.tell(Event::Reset { conversation_id: id, last_seq });
        }
        self.effects.extend(handed.into_iter().map(|message| Effect::Event(message.event())));
    }

    /// After the first `SYNC`: a conversation that it did not list began later.
    fn begin_the_rest(&mut self, now: Duration) {
        let unlisted: Vec<String> = self
            .timelines
            .iter()
            .filter(|(_, timeline)| timeline.seen().is_none())
            .map(|(id, _)| id.clone())
            .collect();
        for id in unlisted {
            let effects = &mut self.effects;
            if let Some(timeline) = self.timelines.get_mut(&id) {
                timeline
                    .begin_after(0, |message| effects.push_back(Effect::Event(message.event())));
            }
            self.note_gap(now, &id);
        }
    }

    fn place(&mut self, now: Duration, message: Message) {
        let begun = self.begun;
        let id = message.conversation_id.clone();
        let timeline =
            self.timelines.entry(id.clone()).or_insert_with(|| Timeline::new(begun.then_some(0)));
        self.touches += 1;
        timeline.touched = self.touches;
        let effects = &mut self.effects;
        timeline.place(message, |message| effects.push_back(Effect::Event(message.event())));
        self.note_gap(now, &id);
    }

    fn note_gap(&mut self, now: Duration, id: &str) {
        if self.timelines.get(id).is_some_and(Timeline::is_missing_some) {
            self.gaps.entry(id.to_owned()).or_insert(now);
        } else {
            self.gaps.remove(id);
        }
    }

    fn page(&mut self, page: server::GetMsg<'_>) {
        self.questions.answered(page.request_id.as_deref());
        let conversation_id = page.conversation_id;
        let in_it = |message| Message::new(&conversation_id, message);
        let event = Event::Page {
            messages: page.messages.into_iter().map(in_it).collect(),
            has_more: page.has_more,
            conversation_id: conversation_id.to_string(),
        };
        self.tell(event);
    }

    fn refused(&mut self, now: Duration, error: server::Refused<'_>) {
        let is_passing = matches!(error.code, ErrorCode::RateLimited | ErrorCode::Unavailable);
        let retry_at = now + error.retry_after_ms.map_or(RETRY_AFTER, Duration::from_millis);
        if error.request_id.as_deref() == Some(SYNC_ID) {
            if !is_passing {
                // A `since` that this server cannot read: begin again without it.
                self.since = None;
            }
            self.syncing = Syncing::Postponed { until: retry_at };
        } else if let Some(client_msg_id) = error.client_msg_id.as_deref() {
            if is_passing {
                return self.outbox.postpone(client_msg_id, retry_at);
            }
            if let Some(pending) = self.outbox.refused(client_msg_id) {
                self.tell(Event::Refused {
                    client_msg_id: pending.client_msg_id,
                    code: error.code,
                    error: error.error.to_string(),
                });
                self.flush(now);
            }
        } else if is_passing && self.questions.postpone(error.request_id.as_deref(), retry_at) {
            // It is asked again, and nobody needs to know.
        } else {
            self.questions.answered(error.request_id.as_deref());
            self.tell(Event::Failed { code: error.code, error: error.error.to_string() });
        }
    }
}
