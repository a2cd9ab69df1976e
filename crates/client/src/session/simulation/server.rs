//! The model of the server.

use std::collections::{HashMap, HashSet};

use aizuchi_wire::{ClientFrame, Envelope};
use serde_json::{Value, json};

use super::{DEVICES, Happening, Stored, World, members};

impl World {
    fn answer(&mut self, connection: usize, frame: &Value) {
        self.answers(connection, vec![frame.clone()]);
    }

    /// The frames of one answer stay in order.
    fn answers(&mut self, connection: usize, frames: Vec<Value>) {
        let mut at =
            if self.overtakes() { self.now } else { self.connections[connection].answers_until };
        for frame in frames {
            at = at.max(self.now + self.random.millis(60));
            self.at(at, Happening::ToDevice { connection, text: frame.to_string() });
        }
        let until = &mut self.connections[connection].answers_until;
        *until = at.max(*until);
    }

    pub(super) fn serve(&mut self, connection: usize, text: &str) {
        let me = DEVICES[self.connections[connection].device];
        let envelope = Envelope::read(text).unwrap();
        let request_id = envelope.request_id.as_deref();
        match ClientFrame::decode(text, &envelope).unwrap() {
            ClientFrame::Sync(sync) => {
                let since = sync.since.map_or(0, |since| since.parse().unwrap());
                let cursors = sync.cursors.unwrap_or_default();
                let cursors = cursors.into_iter().map(|(id, seq)| (id.to_string(), seq)).collect();
                self.serve_sync(connection, me, since, &cursors, request_id);
            }
            ClientFrame::SendMsg(send) => {
                let id = send.client_msg_id.as_deref().unwrap();
                if self.is_faulty() && self.random.percent(10) {
                    let (code, wait) = ("rate_limited", self.random.below(2_000));
                    let error = json!({"action": "ERROR", "code": code, "error": "Slower, please.",
                        "clientMsgId": id, "retryAfterMs": wait});
                    return self.answer(connection, &error);
                }
                let to = send.to_sub.as_deref().unwrap();
                self.serve_send(connection, me, to, id, &send.message);
            }
            other => panic!("unexpected {other:?}"),
        }
    }

    fn serve_send(&mut self, connection: usize, me: &'static str, to: &str, id: &str, text: &str) {
        let conversation = crate::ids::direct_conversation(me, to);
        let log = self.logs.entry(conversation.clone()).or_default();
        let is_it = |stored: &Stored| stored.from == me && stored.client_msg_id == id;
        let place = log.iter().position(is_it);
        let seq = place.unwrap_or(log.len()) + 1;
        if place.is_none() {
            log.push(Stored { from: me, client_msg_id: id.to_owned(), text: text.to_owned() });
            self.changes.push(conversation.clone());
        }
        let ack = json!({"action": "ACK", "clientMsgId": id, "conversationId": conversation,
            "messageId": format!("{conversation}/{seq}"), "seq": seq, "timestamp": seq});
        self.answer(connection, &ack);
        if place.is_some() {
            return;
        }
        let push = json!({"action": "SENDMSG", "conversationId": conversation,
            "messageId": format!("{conversation}/{seq}"), "seq": seq, "message": text,
            "fromSub": me, "toSub": to, "timestamp": seq, "clientMsgId": id});
        for other in 0..self.connections.len() {
            let is_member =
                members(&conversation).contains(&DEVICES[self.connections[other].device]);
            let is_lost = self.is_faulty() && self.random.percent(10);
            if other != connection && self.passes(other) && is_member && !is_lost {
                // Pushes may overtake each other, and answers.
                let at = self.now + self.random.millis(500);
                self.at(at, Happening::ToDevice { connection: other, text: push.to_string() });
            }
        }
    }

    fn serve_sync(
        &mut self,
        connection: usize,
        me: &str,
        since: usize,
        cursors: &HashMap<String, u64>,
        request_id: Option<&str>,
    ) {
        let changed: HashSet<&String> = self.changes[since..].iter().collect();
        let conversations: Vec<Value> = changed
            .into_iter()
            .filter(|id| members(id).contains(&me))
            .map(|id| {
                let members: Vec<Value> = members(id)
                    .into_iter()
                    .map(|sub| json!({"sub": sub, "username": sub}))
                    .collect();
                json!({"conversationId": id, "members": members, "lastSeq": self.logs[id].len(),
                    "unread": 0, "reads": {}})
            })
            .collect();
        let mut entries = Vec::new();
        for (id, log) in &self.logs {
            let Some(cursor) = cursors.get(id) else { continue };
            for (n, stored) in log.iter().enumerate().skip(*cursor as usize) {
                entries.push(json!({"conversationId": id, "seq": n + 1, "kind": "message",
                    "messageId": format!("{id}/{}", n + 1), "fromSub": stored.from,
                    "message": stored.text, "timestamp": n + 1, "clientMsgId": stored.client_msg_id}));
            }
        }
        let mut parts: Vec<Vec<Value>> = entries.chunks(3).map(<[Value]>::to_vec).collect();
        if parts.is_empty() {
            parts.push(Vec::new());
        }
        let last = parts.len() - 1;
        let position = self.changes.len();
        let frame = |(n, entries)| {
            let conversations = if n == 0 { conversations.clone() } else { Vec::new() };
            json!({"action": "SYNC", "conversations": conversations, "entries": entries,
                "more": n < last, "since": position.to_string(), "requestId": request_id})
        };
        self.answers(connection, parts.into_iter().enumerate().map(frame).collect());
    }
}
