//! `SYNC`: what changed since the last time, a frame's worth at a time.
//!
//! The stamp for the next time is taken before anything is read, so that a
//! change made meanwhile is brought again rather than missed. A conversation
//! that changes while its caller is brought up to date moves to the end of the
//! changes; it is brought once, and its news reach the connection as events.
//!
//! Entries come after every cursor named, whether or not the conversation
//! changed since: a device may have got `since` and still miss something, where
//! it could not name all its cursors or a frame was lost on its way.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
};

use crate::{
    chat::{Caller, Chat, Ports},
    ids::{ConversationId, Seq, UserId},
    limits::{LIST_BYTES, SYNC_CURSORS, SYNC_GAP},
    log::{Body, Entry, LogStore, PageSize, Span, Stamp, Summary},
    outcome::{Event, Refusal, Seen},
};

/// Conversations of one frame: as many as fit with the longest ids.
const CONVERSATIONS: usize = 50;
/// Entries of one read of the log.
const ENTRIES: usize = 200;

/// Entries that a device misses.
#[derive(Debug)]
struct Owed {
    conversation: ConversationId,
    /// How far it has come.
    after: Seq,
    /// The place before the first that its user sees.
    sees_after: Seq,
}

/// A `SYNC` on its way.
#[derive(Debug)]
pub struct Syncing {
    caller: Caller,
    /// How far the device has come in each conversation that is still to be looked at.
    cursors: HashMap<ConversationId, Seq>,
    /// Changes up to here were brought.
    brought: Stamp,
    /// Whether there are changes after that.
    unread: bool,
    /// Those that did not change since, and in which the device misses something.
    behind: Vec<Summary>,
    /// Conversations that were brought.
    seen: HashSet<ConversationId>,
    /// Whose entries are to be brought, after which.
    owed: VecDeque<Owed>,
    /// For the next time.
    since: Stamp,
}

impl Syncing {
    fn has_more(&self) -> bool {
        self.unread || !self.behind.is_empty() || !self.owed.is_empty()
    }
}

impl<P: Ports> Chat<P> {
    /// Begins a `SYNC`. Without `since` everything is brought.
    pub async fn sync(
        &self,
        caller: &Caller,
        since: Option<Stamp>,
        cursors: HashMap<ConversationId, Seq>,
    ) -> Result<Syncing, Refusal> {
        if cursors.len() > SYNC_CURSORS {
            return Err(Refusal::Invalid("At most 200 cursors can be named."));
        }
        let now = self.ports.log().now().await?;
        Ok(Syncing {
            caller: caller.clone(),
            cursors,
            brought: since.unwrap_or_default(),
            unread: true,
            behind: Vec::new(),
            seen: HashSet::new(),
            owed: VecDeque::new(),
            since: now,
        })
    }

    /// The next event of a `SYNC`; `None` when all is brought.
    pub async fn sync_next(&self, syncing: &mut Syncing) -> Result<Option<Event>, Refusal> {
        if !syncing.has_more() {
            return Ok(None);
        }
        // A frame brings conversations or entries, so that either may fill it.
        let (conversations, entries) = if syncing.owed.is_empty() {
            (self.next_conversations(syncing).await?, Vec::new())
        } else {
            (Vec::new(), self.next_entries(syncing).await?)
        };
        let (more, since) = (syncing.has_more(), syncing.since);
        Ok(Some(Event::Changes { conversations, entries, more, since }))
    }

    /// The conversations that changed since, one event's worth: for callers who
    /// hold no socket. With how far that goes, and whether there is more.
    pub async fn changes(
        &self,
        caller: &Caller,
        since: Option<Stamp>,
    ) -> Result<(Event, Stamp, bool), Refusal> {
        let mut syncing = self.sync(caller, since, HashMap::new()).await?;
        let conversations = self.next_conversations(&mut syncing).await?;
        let more = syncing.has_more();
        let since = if more { syncing.brought } else { syncing.since };
        let event = Event::Changes { conversations, entries: Vec::new(), more, since };
        Ok((event, since, more))
    }

    async fn next_conversations(&self, syncing: &mut Syncing) -> Result<Vec<Seen>, Refusal> {
        let mut summaries = if syncing.unread {
            self.next_changed(syncing).await?
        } else {
            let rest = syncing.behind.len().saturating_sub(CONVERSATIONS);
            syncing.behind.split_off(rest)
        };
        self.veil(&syncing.caller.user, &mut summaries).await?;
        let mut conversations = Vec::with_capacity(summaries.len());
        for summary in summaries {
            if !syncing.seen.insert(summary.conversation.clone()) {
                continue;
            }
            let cursor = syncing.cursors.remove(&summary.conversation);
            let mut seen = self.seen(&syncing.caller.user, summary).await?;
            if let Some(after) = cursor {
                let last_seq = seen.summary.last_seq;
                let sees_after = sees_after(&seen.summary, &syncing.caller.user);
                if after > last_seq || last_seq - after > SYNC_GAP || after < sees_after {
                    seen.reset = true;
                } else if after < last_seq {
                    let conversation = seen.summary.conversation.clone();
                    syncing.owed.push_back(Owed { conversation, after, sees_after });
                }
            }
            conversations.push(seen);
        }
        if !syncing.unread && syncing.behind.is_empty() {
            syncing.behind = self.behind(syncing).await?;
        }
        Ok(conversations)
    }

    async fn next_changed(&self, syncing: &mut Syncing) -> Result<Vec<Summary>, Refusal> {
        let user = &syncing.caller.user;
        let listed = self.ports.log().changed(user, syncing.brought, CONVERSATIONS).await?;
        if let Some(last) = listed.summaries.last() {
            syncing.brought = last.changed;
        }
        syncing.unread = listed.next.is_some();
        Ok(listed.summaries)
    }

    /// Looks at the cursors that are left: what did not change since, and has
    /// entries after them all the same.
    async fn behind(&self, syncing: &mut Syncing) -> Result<Vec<Summary>, Refusal> {
        let user = &syncing.caller.user;
        let is_his = |one: &ConversationId| match one.direct_members() {
            Some(two) => two.contains(user),
            None => true,
        };
        syncing.cursors.retain(|conversation, _| is_his(conversation));
        if syncing.cursors.is_empty() {
            return Ok(Vec::new());
        }
        let behind = self.ports.log().behind(user, &syncing.cursors).await?;
        syncing.cursors.retain(|one, _| behind.iter().any(|two| two.conversation == *one));
        Ok(behind)
    }

    /// Entries of the conversations whose device is behind, as much as fits.
    async fn next_entries(
        &self,
        syncing: &mut Syncing,
    ) -> Result<Vec<(ConversationId, Vec<Entry>)>, Refusal> {
        let mut left = LIST_BYTES;
        let mut brought = Vec::new();
        while let Some(Owed { conversation, after, sees_after }) = syncing.owed.pop_front() {
            let size = PageSize { entries: ENTRIES, bytes: left };
            let page = self.ports.log().entries(&conversation, Span::After(after), size).await?;
            let mut entries = page.entries;
            let fit = entries_that_fit(&conversation, &entries, &mut left, brought.is_empty());
            let cut = page.has_more || fit < entries.len();
            entries.truncate(fit);
            for entry in &mut entries {
                hide(entry, sees_after);
                entry.state.put_first(&syncing.caller.user);
            }
            if cut {
                let after = entries.last().map_or(after, |entry| entry.seq);
                let conversation = conversation.clone();
                syncing.owed.push_front(Owed { conversation, after, sees_after });
            }
            if !entries.is_empty() {
                brought.push((conversation, entries));
            }
            if cut {
                break;
            }
        }
        Ok(brought)
    }
}

/// The place before the first entry that somebody sees of a conversation; its
/// end, where it is a room that he is no member of any more.
fn sees_after(summary: &Summary, user: &UserId) -> Seq {
    match &summary.room {
        Some(room) => room.sees_after(user).unwrap_or(summary.last_seq),
        None => 0,
    }
}

/// Takes the text from an edit of a message that its reader does not see.
pub(super) fn hide(entry: &mut Entry, sees_after: Seq) {
    if let Body::Edit { target, text, mentions } = &mut entry.body
        && *target <= sees_after
    {
        *text = Arc::from("");
        *mentions = Arc::default();
    }
}

/// How many of the entries fit in what is left of a frame; at least one where
/// the frame is empty, so that a `SYNC` always advances.
fn entries_that_fit(
    conversation: &ConversationId,
    entries: &[Entry],
    left: &mut usize,
    frame_is_empty: bool,
) -> usize {
    let mut fit = 0;
    for entry in entries {
        let weight = entry.weight() + conversation.as_str().len();
        if weight > *left && !(frame_is_empty && fit == 0) {
            break;
        }
        *left = left.saturating_sub(weight);
        fit += 1;
    }
    fit
}
