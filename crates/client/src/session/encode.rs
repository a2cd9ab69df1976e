//! Frames as text.

use aizuchi_wire::{
    ClientFrame, Text,
    client::{self, Conversations, GetMsg, Read, SendMsg, Sync, Typing, Watch},
};
use serde::Serialize;

use crate::event::{Command, To};

/// A frame and the `requestId` by which its answer is known.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Asked<'a> {
    #[serde(flatten)]
    frame: &'a ClientFrame<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
}

pub(super) fn encode(frame: &ClientFrame<'_>, request_id: Option<&str>) -> String {
    // Every frame is made of texts, numbers and maps with text keys, which always serialise.
    #[expect(clippy::expect_used, reason = "nothing in a frame can fail to serialise")]
    serde_json::to_string(&Asked { frame, request_id }).expect("a frame is always JSON")
}

pub(super) fn sync(since: Option<&str>, cursors: &[(&str, u64)], request_id: &str) -> String {
    let frame = ClientFrame::Sync(Sync {
        since: since.map(Into::into),
        cursors: Some(cursors.iter().map(|(id, seq)| ((*id).into(), *seq)).collect()),
    });
    encode(&frame, Some(request_id))
}

pub(super) fn watch(subs: &[String]) -> String {
    let subs = subs.iter().map(|sub| sub.as_str().into()).collect();
    encode(&ClientFrame::Watch(Watch { subs }), None)
}

/// The frame of a command, which is not [`Command::Watch`].
pub(super) fn command(command: &Command, request_id: Option<&str>) -> String {
    let frame = match command {
        Command::Send { client_msg_id, to, text, reply_to, sent_at } => {
            let (to_sub, conversation_id) = match to {
                To::Person(sub) => (Some(sub.as_str().into()), None),
                To::Conversation(id) => (None, Some(id.as_str().into())),
            };
            ClientFrame::SendMsg(SendMsg {
                message: text.as_str().into(),
                to_sub,
                conversation_id,
                client_msg_id: Some(client_msg_id.as_str().into()),
                reply_to: *reply_to,
                sent_at: *sent_at,
                ..SendMsg::default()
            })
        }
        Command::Change { client_msg_id, change } => {
            return super::changes::frame(client_msg_id, change);
        }
        Command::History { conversation_id, before, limit } => ClientFrame::GetMsg(GetMsg {
            conversation_id: Some(conversation_id.as_str().into()),
            before: *before,
            limit: Some(*limit),
            ..GetMsg::default()
        }),
        Command::Conversations { cursor } => ClientFrame::Conversations(Conversations {
            cursor: cursor.as_deref().map(Into::into),
            limit: None,
        }),
        Command::Search { query, conversation_id, cursor } => ClientFrame::Search(client::Search {
            query: query.as_str().into(),
            conversation_id: conversation_id.as_deref().map(Text::from),
            cursor: cursor.as_deref().map(Text::from),
            limit: None,
        }),
        Command::Read { conversation_id, seq } => {
            ClientFrame::Read(Read { conversation_id: conversation_id.as_str().into(), seq: *seq })
        }
        Command::Typing { conversation_id, on } => ClientFrame::Typing(Typing {
            conversation_id: conversation_id.as_str().into(),
            on: *on,
        }),
        Command::Watch { subs } => return watch(subs),
    };
    encode(&frame, request_id)
}
