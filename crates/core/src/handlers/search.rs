//! `SEARCH`: messages of one's own conversations by what they say.

use std::cmp::Reverse;

use crate::{
    chat::{Caller, Chat, Ports},
    ids::ConversationId,
    limiter::Allowance,
    limits::SEARCH_PAGE,
    outcome::{Event, Hit, Outcome, Refusal},
    search::{Asked, Found, Match, QUERY_BYTES, Query, Rank, Search, SearchCursor},
};

/// What a client asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// The words.
    pub query: String,
    /// The conversation that is searched; without it, all.
    pub conversation: Option<ConversationId>,
    /// Where it goes on.
    pub from: Option<SearchCursor>,
    /// How many at most.
    pub limit: Option<usize>,
}

impl<P: Ports> Chat<P> {
    /// A page of the messages that match: of a stretch at a time those with whole
    /// words first, then the newer.
    pub async fn search(&self, caller: &Caller, asking: Asking) -> Result<Outcome, Refusal> {
        let Asking { query, conversation, from, limit } = asking;
        if !self.policy.search {
            return Err(Refusal::Forbidden("Search is turned off on this server."));
        }
        let limit = SEARCH_PAGE.of(limit).ok_or(Refusal::Invalid("limit is 1 to 50."))?;
        if query.len() > QUERY_BYTES {
            return Err(Refusal::TooLarge("A query is at most 256 bytes."));
        }
        self.allow(&caller.user, Allowance::Search).await?;
        let within = match conversation {
            None => None,
            Some(conversation) => {
                let members = self.members(&caller.user, &conversation).await?;
                Some((conversation, members.sees_after(&caller.user)))
            }
        };
        let query = Query::parse(&query);
        if query.is_empty() {
            return Ok(Outcome::reply(Event::Found { hits: Vec::new(), next: None }));
        }
        let SearchCursor { from, told } = from.unwrap_or_default();
        let (after, until) = told.map_or((None, None), |(rank, until)| (Some(rank), until));
        let asked = Asked {
            user: caller.user.clone(),
            query: query.clone(),
            within,
            from: from.clone(),
            until,
        };
        let stretch = self.ports.search().search(asked).await?;
        let mut found: Vec<(Reverse<Rank>, Match, Found)> = Vec::with_capacity(stretch.found.len());
        for one in stretch.found {
            let text = one.entry.body.message().map_or("", |message| &message.text);
            let Some(matched) = query.look(text) else { continue };
            found.push((Rank::of(&one.entry, matched.whole), matched, one));
        }
        found.sort_by_key(|(rank, ..)| *rank);
        found.retain(|(rank, ..)| after.is_none_or(|after| *rank > Reverse(after)));
        let end = stretch.next;
        let more = found.len() > limit;
        found.truncate(limit);
        let next = match found.last() {
            Some((Reverse(rank), ..)) if more => {
                Some(SearchCursor { from, told: Some((*rank, end)) })
            }
            _ => end.map(|end| SearchCursor { from: Some(end), told: None }),
        };
        let hits = found.into_iter().map(|(_, matched, found)| hit(&matched, found)).collect();
        Ok(Outcome::reply(Event::Found { hits, next }))
    }
}

fn hit(matched: &Match, Found { conversation, entry }: Found) -> Hit {
    let text = entry.body.message().map_or("", |message| &message.text);
    Hit {
        conversation,
        seq: entry.seq,
        message_id: entry.message_id,
        excerpt: matched.excerpt(text),
        author: entry.author,
        timestamp: entry.timestamp,
    }
}
