//! The log in memory: the reference model.

mod archive;
mod search;

use std::{
    collections::{BTreeMap, HashMap},
    future::{Ready, ready},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aizuchi_core::{
    archive::Person,
    error::PortError,
    ids::{ClientMsgId, ConversationId, Seq, UserId},
    limits::{ROOMS, TOLD, UNREAD},
    log::{
        Appended, Body, Cursor, Entry, ListCursor, Listed, LogStore, NewEntry, Page, PageSize,
        Span, Stamp, Summary,
    },
    room::{Room, Rule},
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
    /// Of each reader's newest move.
    moved: BTreeMap<UserId, Stamp>,
    /// What a room's entries make of it.
    room: Option<Arc<Room>>,
    /// When those went who are no members of a room any more.
    gone: BTreeMap<UserId, Stamp>,
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
        new.check()?;
        let known = new.client_msg_id.as_ref();
        let known = known.and_then(|id| self.sent(&new.conversation, &new.author, id));
        if let Some(first) = known {
            return Ok(first);
        }
        let log = self.conversations.get(&new.conversation);
        let appended = Appended {
            seq: log.map_or(0, Conversation::end) + 1,
            message_id: new.message_id,
            timestamp: new.timestamp,
            duplicate: false,
        };
        let conversation = new.conversation.clone();
        self.put(&conversation, Entry::new(new, &appended))?;
        Ok(appended)
    }

    fn sent(
        &self,
        conversation: &ConversationId,
        author: &UserId,
        client_msg_id: &ClientMsgId,
    ) -> Option<Appended> {
        let key = (author.clone(), client_msg_id.clone());
        let first = self.conversations.get(conversation)?.sent.get(&key)?;
        Some(Appended { duplicate: true, ..*first })
    }

    /// Puts an entry at the end of its log, and changes what it changes.
    fn put(&mut self, conversation: &ConversationId, entry: Entry) -> Result<(), PortError> {
        let room = self.room_after(conversation, &entry)?;
        let stamp = self.tick();
        let log = self.conversations.entry(conversation.clone()).or_default();
        if let Some(room) = room {
            log.enter(room, stamp);
        }
        if let Some(target) = entry.body.target()
            && let Some(message) = log.entries.iter_mut().find(|one| one.seq == target)
        {
            message.fold(&entry);
        }
        if let Some(id) = entry.client_msg_id.clone() {
            let Entry { seq, message_id, timestamp, .. } = entry;
            let appended = Appended { seq, message_id, timestamp, duplicate: false };
            log.sent.insert((entry.author.clone(), id), appended);
        }
        log.entries.push(entry);
        log.newest = stamp;
        Ok(())
    }

    /// The room that an entry makes, if it changes one.
    fn room_after(
        &self,
        conversation: &ConversationId,
        entry: &Entry,
    ) -> Result<Option<Arc<Room>>, PortError> {
        let Body::Membership(change) = &entry.body else { return Ok(None) };
        let log = self.conversations.get(conversation);
        let before = log.and_then(|log| log.room.as_deref());
        let after = Room::after(before, &entry.author, entry.seq, change)?;
        let is_new = |user: &&UserId| before.is_none_or(|room| !room.members.contains_key(*user));
        let rooms = |user: &UserId| {
            let is_in = |log: &&Conversation| {
                log.room.as_ref().is_some_and(|r| r.members.contains_key(user))
            };
            self.conversations.values().filter(is_in).count()
        };
        if after.members.keys().filter(is_new).any(|user| rooms(user) >= ROOMS) {
            return Err(Rule::TooManyRooms.into());
        }
        Ok(Some(Arc::new(after)))
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
        log.moved.insert(reader.clone(), stamp);
        Cursor { seq: asked, moved: true }
    }

    /// A page of those conversations of `user` whose `place` satisfies `after`,
    /// in the order of their places.
    fn list(
        &self,
        user: &UserId,
        limit: usize,
        place: impl Fn(&ConversationId, &Conversation) -> Option<Stamp>,
        after: impl Fn(Stamp) -> bool,
        newest_first: bool,
    ) -> Listed {
        let mut found: Vec<_> = self
            .conversations
            .iter()
            .filter_map(|(id, log)| Some((place(id, log).filter(|place| after(*place))?, id, log)))
            .collect();
        found.sort_by_key(|(place, ..)| *place);
        if newest_first {
            found.reverse();
        }
        let more = found.len() > limit;
        found.truncate(limit);
        let last = found.last().map(|(place, ..)| ListCursor(*place));
        Listed {
            summaries: found.iter().map(|(_, id, log)| log.summary(id, user)).collect(),
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

    /// Whose comings and goings change which lists.
    fn enter(&mut self, room: Arc<Room>, stamp: Stamp) {
        let before = self.room.iter().flat_map(|room| room.members.keys());
        let gone = before.filter(|user| !room.members.contains_key(*user));
        self.gone.extend(gone.map(|user| (user.clone(), stamp)).collect::<Vec<_>>());
        self.gone.retain(|user, _| !room.members.contains_key(user));
        self.room = Some(room);
    }

    fn is_in(&self, id: &ConversationId, user: &UserId) -> bool {
        match &self.room {
            Some(room) => room.members.contains_key(user),
            None => id.partner_of(user).is_some(),
        }
    }

    /// The stamp of what changed last for `user`; `None` where it never was his.
    fn changed(&self, id: &ConversationId, user: &UserId) -> Option<Stamp> {
        let gone = self.gone.get(user).copied();
        gone.or_else(|| self.is_in(id, user).then(|| self.latest(user)))
    }

    fn latest(&self, user: &UserId) -> Stamp {
        let moved = match self.room {
            Some(_) => self.moved.get(user),
            None => self.moved.values().max(),
        };
        self.newest.max(moved.copied().unwrap_or_default())
    }

    fn page(&self, span: Span, size: PageSize, shows: impl Fn(&Entry) -> bool) -> Page {
        let entries = self.entries.iter().filter(|entry| shows(entry));
        // In the direction asked, the nearest first.
        let mut there: Vec<&Entry> = match span {
            Span::Newest => entries.rev().collect(),
            Span::Before(seq) => entries.rev().filter(|e| e.seq < seq).collect(),
            Span::After(seq) => entries.filter(|e| e.seq > seq).collect(),
        };
        let mut bytes = 0;
        let fits = there.iter().take(size.entries).enumerate().take_while(|(at, entry)| {
            bytes += self.read(entry).body.text_bytes();
            *at == 0 || bytes <= size.bytes
        });
        let taken = fits.count();
        let has_more = taken < there.len();
        there.truncate(taken);
        there.sort_by_key(|entry| entry.seq);
        Page { entries: there.into_iter().map(|entry| self.read(entry)).collect(), has_more }
    }

    /// An entry as it reads: an edit has its target's text, if that is a message.
    fn read(&self, entry: &Entry) -> Entry {
        let mut entry = entry.clone();
        if let Body::Edit { target, text, mentions } = &mut entry.body {
            let target = self.entries.iter().find(|one| one.seq == *target);
            let message = target.and_then(|target| target.body.message()).cloned();
            let message = message.unwrap_or_default();
            *text = message.text;
            *mentions = message.mentions;
        }
        entry
    }

    fn summary(&self, id: &ConversationId, user: &UserId) -> Summary {
        let sees_after = match &self.room {
            Some(room) => room.sees_after(user),
            None => Some(0),
        };
        let since =
            self.room.as_ref().and_then(|room| room.members.get(user)).map_or(0, |m| m.since);
        let cursor = self.cursor(user).max(since);
        let counts = |entry: &&Entry| {
            let is_message = entry.body.message().is_some() && !entry.state.deleted;
            entry.seq > cursor && entry.author != *user && is_message
        };
        let unread = self.entries.iter().filter(counts).count() as u64;
        let is_large = self.room.as_ref().is_some_and(|room| room.members.len() > TOLD);
        let reads = self.reads.iter().filter(|(reader, _)| !is_large || *reader == user);
        let last = self.entries.iter().rev().find(|entry| entry.body.is_shown());
        let summary = Summary {
            conversation: id.clone(),
            last_seq: self.end(),
            unread: unread.min(UNREAD),
            reads: reads.map(|(user, seq)| (user.clone(), *seq)).collect(),
            last: last.cloned(),
            newest: self.newest,
            changed: self.changed(id, user).unwrap_or_else(|| self.latest(user)),
            room: self.room.clone(),
        };
        match sees_after {
            Some(_) => summary,
            None => Summary { unread: 0, reads: Vec::new(), last: None, ..summary },
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
        let state = self.state();
        let log = state.conversations.get(conversation);
        let page = |log: &Conversation| log.page(span, size, |entry| entry.body.is_shown());
        Ok(log.map_or_else(Page::default, page))
    }

    async fn entries(
        &self,
        conversation: &ConversationId,
        span: Span,
        size: PageSize,
    ) -> Result<Page, PortError> {
        let state = self.state();
        let log = state.conversations.get(conversation);
        Ok(log.map_or_else(Page::default, |log| log.page(span, size, |_| true)))
    }

    async fn entry(
        &self,
        conversation: &ConversationId,
        seq: Seq,
    ) -> Result<Option<Entry>, PortError> {
        let state = self.state();
        let Some(log) = state.conversations.get(conversation) else { return Ok(None) };
        Ok(log.entries.iter().find(|entry| entry.seq == seq).map(|entry| log.read(entry)))
    }

    async fn sent(
        &self,
        conversation: &ConversationId,
        author: &UserId,
        client_msg_id: &ClientMsgId,
    ) -> Result<Option<Appended>, PortError> {
        Ok(self.state().sent(conversation, author, client_msg_id))
    }

    async fn room(&self, room: &ConversationId) -> Result<Option<Arc<Room>>, PortError> {
        Ok(self.state().conversations.get(room).and_then(|log| log.room.clone()))
    }

    async fn read(
        &self,
        conversation: &ConversationId,
        reader: &UserId,
        seq: Seq,
    ) -> Result<Cursor, PortError> {
        Ok(self.state().read(conversation, reader, seq))
    }

    async fn reads(&self, conversation: &ConversationId) -> Result<Vec<(UserId, Seq)>, PortError> {
        let state = self.state();
        let reads = state.conversations.get(conversation).into_iter().flat_map(|log| &log.reads);
        Ok(reads.map(|(user, seq)| (user.clone(), *seq)).collect())
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
        let place =
            |id: &ConversationId, log: &Conversation| log.is_in(id, user).then_some(log.newest);
        Ok(self.state().list(user, limit, place, before, true))
    }

    async fn changed(
        &self,
        user: &UserId,
        since: Stamp,
        limit: usize,
    ) -> Result<Listed, PortError> {
        let state = self.state();
        let since = if since.0 > state.changes { Stamp(0) } else { since };
        let place = |id: &ConversationId, log: &Conversation| log.changed(id, user);
        let mut listed = state.list(user, limit, place, |stamp| stamp > since, false);
        for summary in &mut listed.summaries {
            summary.last = None;
        }
        Ok(listed)
    }

    async fn now(&self) -> Result<Stamp, PortError> {
        Ok(Stamp(self.state().changes))
    }
}
