//! What the server sends, but for errors.

use std::sync::Arc;

use aizuchi_core::{
    directory::Profile,
    ids::{ClientMsgId, ConversationId, MessageId, Seq},
    log::{Body, Entry, ListCursor, Page, Span, Stamp, State, Summary},
    outcome::{Event, Hit, Seen},
    registry::Level,
    room::Role,
    search::{Query, SearchCursor},
};
use aizuchi_gateway::encode::encode;

use super::{Golden, changes};
use crate::support::user;

const NOW: u64 = 1_700_000_000_000;

pub(super) fn told() -> Vec<Golden> {
    let changes = changes::told().into_iter();
    let changes = changes.map(|(name, event)| golden(name, Level::One, &event, None));
    level_zero().into_iter().chain(level_one()).chain(changes).collect()
}

fn golden(name: &str, level: Level, event: &Event, request_id: Option<&str>) -> Golden {
    let frame = String::from_utf8(encode(event, level, request_id).to_vec()).unwrap();
    Golden { direction: "server", level, name: name.to_owned(), frame }
}

fn level_zero() -> Vec<Golden> {
    let tell = |name, event| golden(name, Level::Zero, &event, None);
    vec![
        tell("ping", Event::Pong),
        tell("partnerinfo", Event::Partner(profile("bob", "Bob"))),
        tell("isonline-1", presence(true, None)),
        tell("isonline-0", presence(false, Some(NOW))),
        tell("sendmsg", message(full())),
        tell("getmsg", history(Span::Newest, vec![plain(1), full(), changes::deleted()], false)),
        tell("getmsg-empty", history(Span::Newest, Vec::new(), false)),
        tell("greeting", Event::Greeting { text: "Hello, everybody".into() }),
    ]
}

fn level_one() -> Vec<Golden> {
    let tell = |name, event| golden(name, Level::One, &event, None);
    let answer = |name, event| golden(name, Level::One, &event, Some("r1"));
    vec![
        answer("ping", Event::Pong),
        answer("partnerinfo", Event::Partner(profile("相槌", "相槌さん"))),
        tell("isonline-1", presence(true, None)),
        tell("isonline-0", presence(false, Some(NOW))),
        tell("isonline-0-unknown", presence(false, None)),
        tell("ack", ack()),
        answer("ack-answer", ack()),
        tell("sendmsg", message(plain(1))),
        tell("sendmsg-full", message(full())),
        answer("getmsg", history(Span::Before(3), vec![plain(1), full()], true)),
        answer("getmsg-empty", history(Span::Newest, Vec::new(), false)),
        answer(
            "getmsg-changed",
            history(
                Span::Newest,
                vec![changes::changed(), changes::deleted(), changes::renamed()],
                false,
            ),
        ),
        answer(
            "sync-rooms",
            news(vec![changes::room(Some(Role::Admin)), changes::room(None)], vec![], false),
        ),
        answer("sync-conversations", news(vec![seen(false), reset()], Vec::new(), true)),
        answer("sync-entries", news(Vec::new(), vec![(id(), vec![plain(1), full()])], false)),
        answer("sync-nothing", news(Vec::new(), Vec::new(), false)),
        answer("conversations", conversations(vec![seen(true)], Some(ListCursor(Stamp(40))))),
        answer("conversations-end", conversations(Vec::new(), None)),
        answer("search", found()),
        answer("search-end", Event::Found { hits: Vec::new(), next: None }),
        tell("read", read()),
        answer("read-answer", read()),
        tell("typing", typing(true)),
        tell("typing-stopped", typing(false)),
        tell("isonline-hidden", Event::Hidden { user: user("bob") }),
        tell("block", blocked(true)),
        answer("block-answer", blocked(true)),
        tell("unblock", blocked(false)),
        answer("unblock-answer", blocked(false)),
    ]
}

fn id() -> ConversationId {
    ConversationId::direct(&user("ada"), &user("bob")).unwrap()
}

pub(super) fn profile(id: &str, name: &str) -> Profile {
    Profile { user: user(id), username: name.into() }
}

fn presence(online: bool, last_seen: Option<u64>) -> Event {
    Event::Presence { user: user("bob"), online, last_seen }
}

/// With as little as a message can have: what a level 0 page sends.
pub(super) fn plain(seq: Seq) -> Entry {
    Entry {
        seq,
        message_id: MessageId::new(NOW, seq.into()),
        author: user("bob"),
        client_msg_id: None,
        timestamp: NOW,
        sent_at: None,
        body: Body::text("hi"),
        state: State::default(),
    }
}

/// With all that a message can have.
fn full() -> Entry {
    let text: Arc<str> = "「相槌」\n\"quoted\" \\ \u{1f9a9} \u{1}".into();
    Entry {
        author: user("ada"),
        client_msg_id: Some(ClientMsgId::parse("0190f5fe-7c00-7a00-8a00-0123456789ab").unwrap()),
        sent_at: Some(1_699_999_999_990),
        body: Body::said(text, Some(1)),
        ..plain(2)
    }
}

fn ack() -> Event {
    let entry = full();
    Event::Ack {
        client_msg_id: entry.client_msg_id.unwrap(),
        conversation: id(),
        message_id: entry.message_id,
        seq: entry.seq,
        timestamp: entry.timestamp,
    }
}

fn message(entry: Entry) -> Event {
    let to = Some(user(if entry.author == user("ada") { "bob" } else { "ada" }));
    Event::Entry { conversation: id(), entry, to }
}

fn history(span: Span, entries: Vec<Entry>, has_more: bool) -> Event {
    Event::History { conversation: id(), span, page: Page { entries, has_more } }
}

pub(super) fn seen(with_last: bool) -> Seen {
    let summary = Summary {
        conversation: id(),
        last_seq: 2,
        unread: 1,
        reads: vec![(user("ada"), 2), (user("bob"), 1)],
        last: with_last.then(full),
        newest: Stamp(40),
        changed: Stamp(41),
        room: None,
    };
    Seen {
        summary,
        members: vec![profile("ada", "Ada"), profile("bob", "Bob")],
        role: None,
        reset: false,
    }
}

fn reset() -> Seen {
    let conversation = ConversationId::direct(&user("ada"), &user("相槌")).unwrap();
    let summary = Summary {
        conversation,
        last_seq: 1_002,
        unread: 100,
        reads: vec![],
        ..seen(false).summary
    };
    Seen {
        summary,
        members: vec![profile("ada", "Ada"), profile("相槌", "相槌さん")],
        role: None,
        reset: true,
    }
}

fn news(conversations: Vec<Seen>, entries: Vec<(ConversationId, Vec<Entry>)>, more: bool) -> Event {
    Event::Changes { conversations, entries, more, since: Stamp(41) }
}

fn conversations(conversations: Vec<Seen>, next: Option<ListCursor>) -> Event {
    Event::Conversations { conversations, next }
}

fn found() -> Event {
    let text = "\u{1f9a9} 「相槌」\nand more";
    let hit = Hit {
        conversation: id(),
        seq: 7,
        message_id: MessageId::new(NOW, 7),
        author: user("bob"),
        timestamp: NOW,
        excerpt: Query::parse("相槌 mor").look(text).unwrap().excerpt(text),
    };
    Event::Found { hits: vec![hit], next: SearchCursor::parse("41") }
}

fn read() -> Event {
    Event::Read { conversation: id(), reader: user("bob"), seq: 2 }
}

fn blocked(on: bool) -> Event {
    Event::Blocked { user: user("bob"), on }
}

fn typing(on: bool) -> Event {
    Event::Typing { conversation: id(), user: user("bob"), on }
}
