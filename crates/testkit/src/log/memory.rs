//! The log in memory: the reference model.

mod archive;

use std::{
    collections::{BTreeMap, HashMap},
    future::{Ready, ready},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aizuchi_core::{
    archive::Person,
    error::PortError,
    ids::{ClientMsgId, ConversationId, Seq, UserId},
    limits::UNREAD,
    log::{
        Appended, Body, Cursor, Entry, ListCursor, Listed, LogStore, NewEntry, Page, PageSize,
        Span, Stamp, Summary,
    },
};

/// Conversations that are gone with the last clone. Written to be plainly
/// right, not fast: other stores are compared with it.
#[derive(Debug, Clone, Default)]
pub struct MemoryLog(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// Changes so far; the newest one's stamp.
    changes: u64,
    conversations: BTreeMap<ConversationId, Conversation>,
    people: BTreeMap<UserId, Person>,
}

#[derive(Debug, Default)]
struct Conversation {
    /// The entry with `seq` n is at n - 1.
    entries: Vec<Entry>,
    sent: HashMap<(UserId, ClientMsgId), Appended>,
    reads: BTreeMap<UserId, Seq>,
    /// Of the newest entry.
    newest: Stamp,
    /// Of the newest entry or move.
    changed: Stamp,
}

impl MemoryLog {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn tick(&mut self) -> Stamp {
        self.changes += 1;
        Stamp(self.changes)
    }

    fn append(&mut self, new: NewEntry) -> Result<Appended, PortError> {
        new.body.check()?;
        let key = new.client_msg_id.clone().map(|id| (new.author.clone(), id));
        let known = self.conversations.get(&new.conversation);
        if let Some(first) = known.zip(key.as_ref()).and_then(|(log, key)| log.sent.get(key)) {
            return Ok(Appended { duplicate: true, ..*first });
        }
        let stamp = self.tick();
        let log = self.conversations.entry(new.conversation).or_default();
        let appended = Appended {
            seq: log.end() + 1,
            message_id: new.message_id,
            timestamp: new.timestamp,
            duplicate: false,
        };
        log.entries.push(Entry {
            seq: appended.seq,
            message_id: new.message_id,
            author: new.author,
            client_msg_id: new.client_msg_id,
            timestamp: new.timestamp,
            sent_at: new.sent_at,
            body: new.body,
        });
        log.newest = stamp;
        log.changed = stamp;
        if let Some(key) = key {
            log.sent.insert(key, appended);
        }
        Ok(appended)
    }

    fn read(&mut self, conversation: &ConversationId, reader: &UserId, seq: Seq) -> Cursor {
        let Some(log) = self.conversations.get(conversation) else {
            return Cursor { seq: 0, moved: false };
        };
        let stands = log.cursor(reader);
        let asked = seq.min(log.end());
        if asked <= stands {
            return Cursor { seq: stands, moved: false };
        }
        let stamp = self.tick();
        let log = self.conversations.entry(conversation.clone()).or_default();
        log.reads.insert(reader.clone(), asked);
        log.changed = stamp;
        Cursor { seq: asked, moved: true }
    }

    /// A page of those conversations of `user` whose `place` satisfies `after`,
    /// in the order of `key`.
    fn list(
        &self,
        user: &UserId,
        limit: usize,
        place: impl Fn(&Conversation) -> Stamp,
        after: impl Fn(Stamp) -> bool,
        newest_first: bool,
    ) -> Listed {
        let mut found: Vec<_> = self
            .conversations
            .iter()
            .filter(|(id, log)| id.partner_of(user).is_some() && after(place(log)))
            .collect();
        found.sort_by_key(|(_, log)| place(log));
        if newest_first {
            found.reverse();
        }
        let more = found.len() > limit;
        found.truncate(limit);
        let last = found.last().map(|(_, log)| ListCursor(place(log)));
        Listed {
            summaries: found.iter().map(|(id, log)| log.summary(id, user)).collect(),
            next: last.filter(|_| more),
        }
    }
}

impl Conversation {
    fn end(&self) -> Seq {
        self.entries.len() as Seq
    }

    fn cursor(&self, reader: &UserId) -> Seq {
        self.reads.get(reader).copied().unwrap_or(0)
    }

    fn page(&self, span: Span, size: PageSize) -> Page {
        // In the direction asked, the nearest first.
        let mut there: Vec<&Entry> = match span {
            Span::Newest => self.entries.iter().rev().collect(),
            Span::Before(seq) => self.entries.iter().rev().filter(|e| e.seq < seq).collect(),
            Span::After(seq) => self.entries.iter().filter(|e| e.seq > seq).collect(),
        };
        let mut bytes = 0;
        let fits = there.iter().take(size.entries).enumerate().take_while(|(at, entry)| {
            let Body::Message { text, .. } = &entry.body;
            bytes += text.len();
            *at == 0 || bytes <= size.bytes
        });
        let taken = fits.count();
        let has_more = taken < there.len();
        there.truncate(taken);
        there.sort_by_key(|entry| entry.seq);
        Page { entries: there.into_iter().cloned().collect(), has_more }
    }

    fn summary(&self, id: &ConversationId, user: &UserId) -> Summary {
        let cursor = self.cursor(user);
        let unread = self.entries.iter().filter(|e| e.seq > cursor && e.author != *user).count();
        Summary {
            conversation: id.clone(),
            last_seq: self.end(),
            unread: (unread as u64).min(UNREAD),
            reads: self.reads.iter().map(|(user, seq)| (user.clone(), *seq)).collect(),
            last: self.entries.last().cloned(),
            newest: self.newest,
            changed: self.changed,
        }
    }
}

impl LogStore for MemoryLog {
    type Appending = Ready<Result<Appended, PortError>>;

    fn append(&self, entry: NewEntry) -> Self::Appending {
        ready(self.state().append(entry))
    }

    async fn messages(
        &self,
        conversation: &ConversationId,
        span: Span,
        size: PageSize,
    ) -> Result<Page, PortError> {
        self.entries(conversation, span, size).await
    }

    async fn entries(
        &self,
        conversation: &ConversationId,
        span: Span,
        size: PageSize,
    ) -> Result<Page, PortError> {
        let state = self.state();
        let log = state.conversations.get(conversation);
        Ok(log.map_or_else(Page::default, |log| log.page(span, size)))
    }

    async fn read(
        &self,
        conversation: &ConversationId,
        reader: &UserId,
        seq: Seq,
    ) -> Result<Cursor, PortError> {
        Ok(self.state().read(conversation, reader, seq))
    }

    async fn summary(
        &self,
        conversation: &ConversationId,
        user: &UserId,
    ) -> Result<Option<Summary>, PortError> {
        let state = self.state();
        Ok(state.conversations.get(conversation).map(|log| log.summary(conversation, user)))
    }

    async fn conversations(
        &self,
        user: &UserId,
        from: Option<ListCursor>,
        limit: usize,
    ) -> Result<Listed, PortError> {
        let before = |stamp| from.is_none_or(|ListCursor(from)| stamp < from);
        Ok(self.state().list(user, limit, |log| log.newest, before, true))
    }

    async fn changed(
        &self,
        user: &UserId,
        since: Stamp,
        limit: usize,
    ) -> Result<Listed, PortError> {
        let state = self.state();
        let since = if since.0 > state.changes { Stamp(0) } else { since };
        let mut listed = state.list(user, limit, |log| log.changed, |stamp| stamp > since, false);
        for summary in &mut listed.summaries {
            summary.last = None;
        }
        Ok(listed)
    }

    async fn now(&self) -> Result<Stamp, PortError> {
        Ok(Stamp(self.state().changes))
    }
}
