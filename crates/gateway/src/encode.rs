//! From events to frames: the domain's types become the wire's.

use std::sync::Arc;

use aizuchi_core::{
    directory::Profile,
    error::PortError,
    ids::{ConversationId, MessageId},
    log::{Entry, Page, Span, Summary},
    outcome::{Event, Hit, Refusal, Seen},
    registry::Level,
    room::Room,
};
use aizuchi_wire::{ErrorCode, LevelZeroFrame, ServerFrame, Text, limits::OUTBOUND_BYTES, server};
use bytes::Bytes;

use crate::decode::Echo;

mod entry;
mod link;

pub use self::{entry::raw, link::link_text};

/// An event as a frame of this vocabulary. `request_id` is echoed on answers.
pub fn encode(event: &Event, level: Level, request_id: Option<&str>) -> Bytes {
    let echoed = request_id;
    let request_id = request_id.map(Text::from);
    let frame = match event {
        Event::Pong => ServerFrame::Pong(server::Pong { value: "PONG".into(), request_id }),
        Event::Partner(profile) => ServerFrame::PartnerInfo(server::PartnerInfo {
            value: (&*profile.username).into(),
            sub: profile.user.as_str().into(),
            request_id,
        }),
        Event::Presence { user, online, last_seen } => {
            let value = if *online { "1" } else { "0" }.into();
            if level == Level::Zero {
                return LevelZeroFrame::IsOnline { value }.encode().into();
            }
            let (sub, last_seen) = (user.as_str().into(), *last_seen);
            ServerFrame::IsOnline(server::IsOnline { value, sub, last_seen, request_id })
        }
        Event::Hidden { user } => {
            let hidden = Event::Presence { user: user.clone(), online: false, last_seen: None };
            return encode(&hidden, level, echoed);
        }
        Event::Blocked { user, on } => {
            let blocked = server::Blocked { sub: user.as_str().into(), request_id };
            if *on { ServerFrame::Block(blocked) } else { ServerFrame::Unblock(blocked) }
        }
        Event::Ack { client_msg_id, conversation, message_id, seq, timestamp } => {
            return ServerFrame::Ack(server::Ack {
                client_msg_id: client_msg_id.as_str().into(),
                conversation_id: conversation.as_str().into(),
                message_id: message_id.write(&mut [0; MessageId::TEXT_LEN]).into(),
                seq: *seq,
                timestamp: *timestamp,
                request_id,
            })
            .encode()
            .into();
        }
        Event::Entry { conversation, entry, to } => {
            return entry::new(level, conversation, entry, to.as_ref());
        }
        Event::History { conversation, span, page } => {
            return history(level, conversation, *span, page, echoed);
        }
        Event::Changes { conversations, entries, more, since } => ServerFrame::Sync(server::Sync {
            conversations: conversations.iter().map(|seen| seen_by_caller(seen, false)).collect(),
            entries: entries
                .iter()
                .flat_map(|(id, entries)| entries.iter().map(move |one| raw(id, one)))
                .collect(),
            more: *more,
            since: since.0.to_string().into(),
            request_id,
        }),
        Event::Conversations { conversations, next } => {
            ServerFrame::Conversations(server::Conversations {
                conversations: conversations
                    .iter()
                    .map(|seen| seen_by_caller(seen, true))
                    .collect(),
                cursor: next.map(|cursor| cursor.0.0.to_string().into()),
                request_id,
            })
        }
        Event::Found { hits, next } => ServerFrame::Search(server::Search {
            hits: hits.iter().map(hit).collect(),
            cursor: next.as_ref().map(|cursor| cursor.to_string().into()),
            request_id,
        }),
        Event::Read { conversation, reader, seq } => ServerFrame::Read(server::Read {
            conversation_id: conversation.as_str().into(),
            sub: reader.as_str().into(),
            seq: *seq,
            request_id,
        }),
        Event::Typing { conversation, user, on } => ServerFrame::Typing(server::Typing {
            conversation_id: conversation.as_str().into(),
            sub: user.as_str().into(),
            on: *on,
        }),
        Event::Greeting { text } => {
            return LevelZeroFrame::Greeting { value: (&**text).into() }.encode().into();
        }
    };
    frame.encode().into()
}

/// A refusal as an `ERROR`.
pub(crate) fn refused(refusal: &Refusal, echo: &Echo) -> (ErrorCode, Bytes) {
    let (code, sentence) = told(refusal);
    let retry_after_ms = match refusal {
        Refusal::RateLimited { retry_after_ms } => Some(*retry_after_ms),
        _ => None,
    };
    let frame = ServerFrame::Error(server::Refused {
        code,
        error: sentence.into(),
        request_id: echo.request_id.as_deref().map(Text::from),
        client_msg_id: echo.client_msg_id.as_deref().map(Text::from),
        retry_after_ms,
    });
    (code, frame.encode().into())
}

/// What a client is told of a refusal. Causes stay inside.
pub fn told(refusal: &Refusal) -> (ErrorCode, &'static str) {
    match refusal {
        Refusal::Invalid(sentence) => (ErrorCode::InvalidRequest, sentence),
        Refusal::Conflict(sentence) => (ErrorCode::Conflict, sentence),
        Refusal::Forbidden(sentence) => (ErrorCode::Forbidden, sentence),
        Refusal::NotFound(sentence) => (ErrorCode::NotFound, sentence),
        Refusal::TooLarge(sentence) => (ErrorCode::TooLarge, sentence),
        Refusal::RateLimited { .. } => {
            (ErrorCode::RateLimited, "That was too often. Please wait a little.")
        }
        Refusal::Port(PortError::Conflict) => {
            (ErrorCode::Conflict, "Somebody else changed this at the same time. Please try again.")
        }
        Refusal::Port(PortError::Rejected(_) | PortError::Refused(_)) => {
            (ErrorCode::InvalidRequest, "This cannot be stored.")
        }
        Refusal::Port(PortError::Unavailable { .. }) => {
            (ErrorCode::Unavailable, "The server cannot do this at the moment. Please try again.")
        }
    }
}

/// A page of history. What does not fit in one message is left out at the far
/// end: of a page read backwards its oldest, of one read forwards its newest.
fn history(
    level: Level,
    conversation: &ConversationId,
    span: Span,
    page: &Page,
    request_id: Option<&str>,
) -> Bytes {
    let members = conversation.direct_members();
    let frame = |entries: &[&Entry], has_more| match level {
        Level::Zero => {
            let members = members.as_ref();
            let messages =
                entries.iter().filter_map(|one| entry::level_zero(one, members)).collect();
            LevelZeroFrame::GetMsg { messages }.encode()
        }
        Level::One => ServerFrame::GetMsg(server::GetMsg {
            conversation_id: conversation.as_str().into(),
            messages: entries.iter().map(|one| entry::folded(one)).collect(),
            has_more,
            request_id: request_id.map(Text::from),
        })
        .encode(),
    };
    let mut entries: Vec<&Entry> = page.entries.iter().collect();
    let mut text = frame(&entries, page.has_more);
    while text.len() > OUTBOUND_BYTES && entries.len() > 1 {
        // What is over is left out by its share, and once more if that was too little.
        let over = text.len() - OUTBOUND_BYTES;
        let leave_out = (entries.len() * over).div_ceil(text.len()).min(entries.len() - 1);
        if matches!(span, Span::After(_)) {
            entries.truncate(entries.len() - leave_out);
        } else {
            entries.drain(..leave_out);
        }
        text = frame(&entries, true);
    }
    text.into()
}

/// A conversation as the caller sees it, with its newest message or without.
pub fn seen_by_caller(seen: &Seen, with_last: bool) -> server::Conversation<'_> {
    let Summary { conversation, last_seq, unread, reads, last, room, .. } = &seen.summary;
    server::Conversation {
        conversation_id: conversation.as_str().into(),
        members: seen.members.iter().map(member).collect(),
        name: room.as_ref().map(|room| (&*room.name).into()),
        member_count: room.as_ref().filter(|_| seen.role.is_some()).map(member_count),
        role: seen.role.map(entry::role),
        last_seq: *last_seq,
        unread: *unread,
        reads: reads.iter().map(|(user, seq)| (user.as_str().into(), *seq)).collect(),
        reset: seen.reset.then_some(true),
        last: last.as_ref().filter(|_| with_last).map(entry::folded),
    }
}

fn hit(hit: &Hit) -> server::Hit<'_> {
    server::Hit {
        conversation_id: hit.conversation.as_str().into(),
        seq: hit.seq,
        message_id: hit.message_id.to_string().into(),
        from_sub: hit.author.as_str().into(),
        timestamp: hit.timestamp,
        excerpt: hit.excerpt.text.as_str().into(),
        highlights: hit.excerpt.highlights.clone(),
    }
}

fn member_count(room: &Arc<Room>) -> u32 {
    u32::try_from(room.members.len()).unwrap_or(u32::MAX)
}

fn member(profile: &Profile) -> server::Member<'_> {
    server::Member { sub: profile.user.as_str().into(), username: (&*profile.username).into() }
}
