//! What clients send.

use aizuchi_core::registry::Level;
use aizuchi_wire::{
    ClientFrame,
    client::{
        Block, Conversations, Empty, GetMsg, Greeting, Lenient, Read, Search, SendMsg, Status,
        Sync, Typing, Watch,
    },
};
use serde_json::{Map, Value};

use super::changes;

pub(super) const ID: &str = "d:ada:bob";
pub(super) const CLIENT_MSG_ID: &str = "0190f5fe-7c00-7a00-8a00-0123456789ab";

pub(super) struct Said {
    pub(super) name: &'static str,
    pub(super) level: Level,
    pub(super) frame: ClientFrame<'static>,
    pub(super) request_id: Option<&'static str>,
}

impl Said {
    pub(super) fn text(&self) -> String {
        let text = serde_json::to_string(&self.frame).unwrap();
        let Some(id) = self.request_id else { return text };
        let fields: Map<String, Value> = serde_json::from_str(&text).unwrap();
        assert!(!fields.is_empty());
        format!("{},\"requestId\":\"{id}\"}}", text.strip_suffix('}').unwrap())
    }
}

pub(super) fn said() -> Vec<Said> {
    let mut said = level_zero();
    said.extend(level_one());
    said.extend(changes::said().into_iter().map(|(name, frame)| Said {
        name,
        level: Level::One,
        frame,
        request_id: None,
    }));
    said
}

fn level_zero() -> Vec<Said> {
    let say = |name, frame| Said { name, level: Level::Zero, frame, request_id: None };
    vec![
        say("ping", ClientFrame::Ping(Empty {})),
        say("status", ClientFrame::Status(Status { partner_sub: "bob".into() })),
        say(
            "getmsg",
            ClientFrame::GetMsg(GetMsg {
                from_sub: Some("ada".into()),
                to_sub: Some("bob".into()),
                ..GetMsg::default()
            }),
        ),
        say(
            "sendmsg",
            ClientFrame::SendMsg(SendMsg {
                message: "こんにちは \"Bob\"".into(),
                timestamp: Some(Lenient(Some(1_700_000_000_000))),
                from_sub: Some("ada".into()),
                to_sub: Some("bob".into()),
                ..SendMsg::default()
            }),
        ),
        say("greeting", ClientFrame::Greeting(Greeting { message: "Hello, everybody".into() })),
    ]
}

fn level_one() -> Vec<Said> {
    let say = |name, frame| Said { name, level: Level::One, frame, request_id: None };
    let ask = |name, frame| Said { name, level: Level::One, frame, request_id: Some("r1") };
    let page = || GetMsg { conversation_id: Some(ID.into()), ..GetMsg::default() };
    vec![
        ask("ping", ClientFrame::Ping(Empty {})),
        ask("status", ClientFrame::Status(Status { partner_sub: "bob".into() })),
        say(
            "sendmsg-to-person",
            ClientFrame::SendMsg(SendMsg {
                message: "相槌 \u{1f9a9}".into(),
                to_sub: Some("bob".into()),
                client_msg_id: Some(CLIENT_MSG_ID.into()),
                ..SendMsg::default()
            }),
        ),
        ask(
            "sendmsg-to-conversation",
            ClientFrame::SendMsg(SendMsg {
                message: "line one\nline two".into(),
                conversation_id: Some(ID.into()),
                client_msg_id: Some(CLIENT_MSG_ID.into()),
                reply_to: Some(1),
                sent_at: Some(1_700_000_000_000),
                ..SendMsg::default()
            }),
        ),
        ask("getmsg-newest", ClientFrame::GetMsg(page())),
        ask(
            "getmsg-before",
            ClientFrame::GetMsg(GetMsg { before: Some(51), limit: Some(200), ..page() }),
        ),
        ask("getmsg-after", ClientFrame::GetMsg(GetMsg { after: Some(0), ..page() })),
        ask("sync-first", ClientFrame::Sync(Sync::default())),
        ask(
            "sync-again",
            ClientFrame::Sync(Sync {
                since: Some("41".into()),
                cursors: Some([(ID.into(), 7)].into()),
            }),
        ),
        ask("conversations-first", ClientFrame::Conversations(Conversations::default())),
        ask(
            "conversations-next",
            ClientFrame::Conversations(Conversations {
                cursor: Some("40".into()),
                limit: Some(100),
            }),
        ),
        ask(
            "search",
            ClientFrame::Search(Search { query: "相槌 words".into(), ..Search::default() }),
        ),
        ask(
            "search-next",
            ClientFrame::Search(Search {
                query: "相槌".into(),
                conversation_id: Some(ID.into()),
                cursor: Some("41".into()),
                limit: Some(50),
            }),
        ),
        ask("read", ClientFrame::Read(Read { conversation_id: ID.into(), seq: 7 })),
        say("typing", ClientFrame::Typing(Typing { conversation_id: ID.into(), on: true })),
        ask("watch", ClientFrame::Watch(Watch { subs: vec!["bob".into(), "cyd".into()] })),
        say("watch-nobody", ClientFrame::Watch(Watch::default())),
        ask("block", ClientFrame::Block(Block { sub: "bob".into() })),
        ask("unblock", ClientFrame::Unblock(Block { sub: "bob".into() })),
    ]
}
