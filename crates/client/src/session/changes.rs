//! What is done to a message or a room, as a frame and as its entry.

use aizuchi_wire::{ClientFrame, client, server::EntryKind};

use super::encode;
use crate::event::Change;

/// What waits is filed by its conversation. One that the server is to name has
/// a place of its own until then, under a name that no conversation has.
pub(super) fn lane(client_msg_id: &str, change: &Change) -> String {
    match change {
        Change::Create { .. } | Change::Join { .. } => format!("new:{client_msg_id}"),
        Change::Edit { conversation_id, .. }
        | Change::Delete { conversation_id, .. }
        | Change::React { conversation_id, .. }
        | Change::Invite { conversation_id, .. }
        | Change::Leave { conversation_id }
        | Change::Remove { conversation_id, .. }
        | Change::Rename { conversation_id, .. }
        | Change::SetRole { conversation_id, .. } => conversation_id.clone(),
    }
}

/// What its entry is, and which message it changes.
pub(super) fn entry(change: &Change) -> (EntryKind, Option<u64>) {
    match change {
        Change::Edit { seq, .. } => (EntryKind::Edit, Some(*seq)),
        Change::Delete { seq, .. } => (EntryKind::Deletion, Some(*seq)),
        Change::React { seq, .. } => (EntryKind::Reaction, Some(*seq)),
        _ => (EntryKind::Membership, None),
    }
}

/// The frame that says it.
pub(super) fn frame(client_msg_id: &str, change: &Change) -> String {
    let client_msg_id = client_msg_id.into();
    let frame = match change {
        Change::Edit { conversation_id, seq, text } => ClientFrame::EditMsg(client::EditMsg {
            conversation_id: conversation_id.as_str().into(),
            seq: *seq,
            message: text.as_str().into(),
            mentions: Vec::new(),
            client_msg_id,
        }),
        Change::Delete { conversation_id, seq } => ClientFrame::DelMsg(client::DelMsg {
            conversation_id: conversation_id.as_str().into(),
            seq: *seq,
            client_msg_id,
        }),
        Change::React { conversation_id, seq, emoji, on } => ClientFrame::React(client::React {
            conversation_id: conversation_id.as_str().into(),
            seq: *seq,
            emoji: emoji.as_str().into(),
            on: *on,
            client_msg_id,
        }),
        Change::Create { name } => ClientFrame::CreateRoom(client::CreateRoom {
            name: name.as_str().into(),
            client_msg_id,
            ..client::CreateRoom::default()
        }),
        Change::Join { link } => {
            ClientFrame::Join(client::Join { link: link.as_str().into(), client_msg_id })
        }
        Change::Invite { conversation_id, sub } => ClientFrame::Invite(client::Invite {
            conversation_id: conversation_id.as_str().into(),
            subs: vec![sub.as_str().into()],
            client_msg_id,
        }),
        Change::Leave { conversation_id } => ClientFrame::Leave(client::Leave {
            conversation_id: conversation_id.as_str().into(),
            client_msg_id,
        }),
        Change::Remove { conversation_id, sub } => ClientFrame::Remove(client::Remove {
            conversation_id: conversation_id.as_str().into(),
            sub: sub.as_str().into(),
            client_msg_id,
        }),
        Change::Rename { conversation_id, name } => ClientFrame::Rename(client::Rename {
            conversation_id: conversation_id.as_str().into(),
            name: name.as_str().into(),
            client_msg_id,
        }),
        Change::SetRole { conversation_id, sub, role } => ClientFrame::SetRole(client::SetRole {
            conversation_id: conversation_id.as_str().into(),
            sub: sub.as_str().into(),
            role: *role,
            client_msg_id,
        }),
    };
    encode::encode(&frame, None)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::super::{Closed, Effect, Session};
    use super::*;
    use crate::event::{Command, Event};

    const ROOM: &str = "r:1";

    fn online() -> Session {
        let mut session = Session::new("a".to_owned(), 1);
        comes_up(&mut session, Duration::from_secs(1));
        session
    }

    fn comes_up(session: &mut Session, at: Duration) {
        session.timer(at);
        session.opened(at);
        let sync = json!({ "action": "SYNC", "requestId": "sync", "since": "s1", "more": false,
            "entries": [], "conversations": [{ "conversationId": ROOM, "members": [],
            "lastSeq": 3, "unread": 0, "reads": {} }] });
        session.text(at, &sync.to_string());
    }

    fn wants(session: &mut Session, client_msg_id: &str, change: Change) {
        let client_msg_id = client_msg_id.to_owned();
        session.command(Duration::from_secs(2), Command::Change { client_msg_id, change });
    }

    fn acked(session: &mut Session, client_msg_id: &str, conversation: &str, seq: u64) {
        let ack = json!({ "action": "ACK", "clientMsgId": client_msg_id,
            "conversationId": conversation, "messageId": "m", "seq": seq, "timestamp": 9 });
        session.text(Duration::from_secs(301), &ack.to_string());
    }

    /// What was sent, without the `SYNC`s, and what was told.
    fn outcome(session: &mut Session) -> (Vec<Value>, Vec<Event>) {
        let (mut sent, mut told) = (Vec::new(), Vec::new());
        while let Some(effect) = session.next_effect() {
            match effect {
                Effect::Send(text) => sent.push(serde_json::from_str(&text).unwrap()),
                Effect::Event(event) => told.push(event),
                _ => {}
            }
        }
        sent.retain(|frame: &Value| frame["action"] != "SYNC");
        (sent, told)
    }

    #[test]
    fn a_change_is_said_again_after_a_drop_and_told_as_an_entry() {
        let mut session = online();
        outcome(&mut session);
        let conversation_id = ROOM.to_owned();
        let react = Change::React { conversation_id, seq: 2, emoji: "👍".to_owned(), on: true };
        wants(&mut session, "c1", react);
        let (first, _) = outcome(&mut session);
        let expected = json!({ "action": "REACT", "conversationId": ROOM, "seq": 2,
            "emoji": "👍", "on": true, "clientMsgId": "c1" });
        assert_eq!(first, [expected]);
        session.closed(Duration::from_secs(2), Closed::Lost);
        comes_up(&mut session, Duration::from_secs(300));
        assert_eq!(outcome(&mut session).0, first);
        acked(&mut session, "c1", ROOM, 4);
        let (sent, told) = outcome(&mut session);
        assert_eq!(sent, Vec::<Value>::new());
        assert!(matches!(&told[0], Event::Sent { client_msg_id, .. } if client_msg_id == "c1"));
        let Event::Change(change) = &told[1] else { panic!("{told:?}") };
        assert_eq!((change.kind, change.seq, change.target), (EntryKind::Reaction, 4, Some(2)));
        assert_eq!(change.reacts, Some(("👍".to_owned(), true)));
    }

    #[test]
    fn a_room_that_the_server_names_is_told_when_it_is_there() {
        let mut session = online();
        outcome(&mut session);
        wants(&mut session, "c1", Change::Create { name: "Walks".to_owned() });
        wants(&mut session, "c2", Change::Join { link: "s3cret".to_owned() });
        let (sent, _) = outcome(&mut session);
        let actions: Vec<_> = sent.iter().map(|frame| frame["action"].clone()).collect();
        assert_eq!(actions, [json!("CREATEROOM"), json!("JOIN")]);
        acked(&mut session, "c1", "r:2", 1);
        let (_, told) = outcome(&mut session);
        let is_it = |event: &Event| {
            matches!(event, Event::Sent { client_msg_id, conversation_id, seq: 1 }
                if client_msg_id == "c1" && conversation_id == "r:2")
        };
        assert!(told.iter().any(is_it), "{told:?}");
        let refused = json!({ "action": "ERROR", "code": "not_found", "error": "It has expired.",
            "clientMsgId": "c2" });
        session.text(Duration::from_secs(301), &refused.to_string());
        let (_, told) = outcome(&mut session);
        assert!(
            matches!(&told[..], [Event::Refused { client_msg_id, .. }] if client_msg_id == "c2")
        );
        session.closed(Duration::from_secs(302), Closed::Lost);
        comes_up(&mut session, Duration::from_secs(600));
        assert_eq!(outcome(&mut session).0, Vec::<Value>::new(), "nothing is left to say");
    }
}
