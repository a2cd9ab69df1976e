//! Sessions against a small model of the server, in simulated time, over a
//! network that loses, delays, reorders and breaks.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::Duration,
};

use aizuchi_wire::{ClientFrame, Envelope};
use serde_json::{Value, json};

use super::{Closed, Effect, Session};
use crate::event::{Command, Event, Message, To};

const DEVICES: [&str; 4] = ["alice", "alice", "bob", "carol"];
const PEOPLE: [&str; 3] = ["alice", "bob", "carol"];
const MESSAGES: usize = 120;
const FAULTS_BEGIN: Duration = Duration::from_secs(2);
const FAULTS_END: Duration = Duration::from_secs(60);
const END: Duration = Duration::from_secs(300);

struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn millis(&mut self, bound: u64) -> Duration {
        Duration::from_millis(self.below(bound))
    }
}

enum Happening {
    Opened { device: usize },
    ToServer { connection: usize, text: String },
    ToDevice { connection: usize, text: String },
    Cut { connection: usize },
    Say { device: usize, to: &'static str, client_msg_id: String },
    Timer { device: usize },
}

struct Connection {
    device: usize,
    alive: bool,
    /// Nothing passes, and nobody is told.
    silent: bool,
    answers_until: Duration,
    asks_until: Duration,
}

struct Stored {
    from: &'static str,
    client_msg_id: String,
    text: String,
}

struct Device {
    session: Session,
    connection: Option<usize>,
    seen: HashMap<String, Vec<Message>>,
    sent: HashMap<String, (String, u64)>,
    asked_to_say: Vec<(String, String)>,
}

struct World {
    now: Duration,
    random: Random,
    schedule: BTreeMap<(Duration, u64), Happening>,
    scheduled: u64,
    devices: Vec<Device>,
    connections: Vec<Connection>,
    logs: HashMap<String, Vec<Stored>>,
    /// Conversations in the order in which they changed last.
    changes: Vec<String>,
}

fn members(conversation: &str) -> Vec<&'static str> {
    let parts: Vec<&str> = conversation.split(':').collect();
    PEOPLE.into_iter().filter(|person| parts[1..].contains(person)).collect()
}

impl World {
    fn new(seed: u64) -> Self {
        let device = |(n, me): (usize, &&str)| Device {
            session: Session::new((*me).to_owned(), seed.wrapping_mul(7) + n as u64),
            connection: None,
            seen: HashMap::new(),
            sent: HashMap::new(),
            asked_to_say: Vec::new(),
        };
        let mut world = Self {
            now: Duration::ZERO,
            random: Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1),
            schedule: BTreeMap::new(),
            scheduled: 0,
            devices: DEVICES.iter().enumerate().map(device).collect(),
            connections: Vec::new(),
            logs: HashMap::new(),
            changes: Vec::new(),
        };
        for n in 0..MESSAGES {
            let device = world.random.below(DEVICES.len() as u64) as usize;
            let others: Vec<_> = PEOPLE.into_iter().filter(|to| *to != DEVICES[device]).collect();
            let to = others[world.random.below(2) as usize];
            let client_msg_id = format!("m{n}");
            let at = FAULTS_BEGIN + world.random.millis(55_000);
            world.at(at, Happening::Say { device, to, client_msg_id });
        }
        for device in 0..DEVICES.len() {
            world.settle(device);
        }
        world
    }

    fn at(&mut self, at: Duration, happening: Happening) {
        self.scheduled += 1;
        self.schedule.insert((at, self.scheduled), happening);
    }

    fn is_faulty(&self) -> bool {
        (FAULTS_BEGIN..FAULTS_END).contains(&self.now)
    }

    fn run(&mut self) {
        while let Some(((at, _), happening)) = self.schedule.pop_first() {
            if at > END {
                break;
            }
            self.now = at;
            self.happen(happening);
        }
    }

    fn happen(&mut self, happening: Happening) {
        let now = self.now;
        match happening {
            Happening::Opened { device } => {
                let connection = self.connections.len();
                self.connections.push(Connection {
                    device,
                    alive: true,
                    silent: false,
                    answers_until: now,
                    asks_until: now,
                });
                self.devices[device].connection = Some(connection);
                if now < FAULTS_END {
                    let at = now.max(FAULTS_BEGIN) + self.random.millis(12_000);
                    self.at(at, Happening::Cut { connection });
                }
                self.devices[device].session.opened(now);
                self.settle(device);
            }
            Happening::Cut { connection } if self.connections[connection].alive => {
                if self.random.percent(20) {
                    self.connections[connection].silent = true;
                    return;
                }
                self.connections[connection].alive = false;
                let device = self.connections[connection].device;
                self.devices[device].connection = None;
                self.devices[device].session.closed(now, Closed::Lost);
                self.settle(device);
            }
            Happening::ToServer { connection, text } if self.passes(connection) => {
                self.serve(connection, &text);
            }
            Happening::ToDevice { connection, text } if self.passes(connection) => {
                let device = self.connections[connection].device;
                self.devices[device].session.text(now, &text);
                self.settle(device);
            }
            Happening::Say { device, to, client_msg_id } => {
                let text = format!("{client_msg_id} for {to}");
                let id = crate::ids::direct_conversation(DEVICES[device], to);
                self.devices[device].asked_to_say.push((id, client_msg_id.clone()));
                let to = To::Person(to.to_owned());
                let command =
                    Command::Send { client_msg_id, to, text, reply_to: None, sent_at: None };
                self.devices[device].session.command(now, command);
                self.settle(device);
            }
            Happening::Timer { device } => {
                if self.devices[device].session.deadline().is_some_and(|at| at <= now) {
                    self.devices[device].session.timer(now);
                    self.settle(device);
                }
            }
            Happening::Cut { .. } | Happening::ToServer { .. } | Happening::ToDevice { .. } => {}
        }
    }

    fn passes(&self, connection: usize) -> bool {
        self.connections[connection].alive && !self.connections[connection].silent
    }

    /// Carries out what a session wants.
    fn settle(&mut self, device: usize) {
        while let Some(effect) = self.devices[device].session.next_effect() {
            match effect {
                Effect::Open => {
                    let at = self.now + self.random.millis(100);
                    self.at(at, Happening::Opened { device });
                }
                Effect::Send(text) => {
                    // A frame may be said just as the connection goes.
                    let Some(connection) = self.devices[device].connection else { continue };
                    let delay = self.random.millis(60);
                    let at = self.connections[connection].asks_until.max(self.now + delay);
                    self.connections[connection].asks_until = at;
                    self.at(at, Happening::ToServer { connection, text });
                }
                Effect::Close => {
                    if let Some(connection) = self.devices[device].connection.take() {
                        self.connections[connection].alive = false;
                    }
                }
                Effect::Event(event) => self.tell(device, event),
            }
        }
        if let Some(at) = self.devices[device].session.deadline() {
            self.at(at.max(self.now), Happening::Timer { device });
        }
    }

    fn tell(&mut self, device: usize, event: Event) {
        let device = &mut self.devices[device];
        match event {
            Event::Message(message) => {
                device.seen.entry(message.conversation_id.clone()).or_default().push(message);
            }
            Event::Sent { client_msg_id, conversation_id, seq } => {
                let twice = device.sent.insert(client_msg_id, (conversation_id, seq));
                assert_eq!(twice, None, "acknowledged twice");
            }
            Event::Refused { .. } | Event::Failed { .. } | Event::Reset { .. } => {
                panic!("unexpected {event:?}")
            }
            _ => {}
        }
    }

    fn answer(&mut self, connection: usize, frame: &Value) {
        let at = self.connections[connection].answers_until.max(self.now + self.random.millis(60));
        self.connections[connection].answers_until = at;
        self.at(at, Happening::ToDevice { connection, text: frame.to_string() });
    }

    /// The model of the server.
    fn serve(&mut self, connection: usize, text: &str) {
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
        for (n, entries) in parts.into_iter().enumerate() {
            let conversations = if n == 0 { conversations.clone() } else { Vec::new() };
            let frame = json!({"action": "SYNC", "conversations": conversations, "entries": entries,
                "more": n < last, "since": position.to_string(), "requestId": request_id});
            self.answer(connection, &frame);
        }
    }

    fn check(&self) {
        let stored: usize = self.logs.values().map(Vec::len).sum();
        assert_eq!(stored, MESSAGES, "each message is in the log once");
        for (n, device) in self.devices.iter().enumerate() {
            for (id, log) in &self.logs {
                if !members(id).contains(&DEVICES[n]) {
                    assert!(!device.seen.contains_key(id));
                    continue;
                }
                let seen: Vec<(u64, &str)> =
                    device.seen[id].iter().map(|m| (m.seq, m.text.as_str())).collect();
                let all: Vec<(u64, &str)> =
                    (1..).zip(log.iter().map(|stored| stored.text.as_str())).collect();
                assert_eq!(seen, all, "device {n} saw {id} whole, once, in order");

                let wanted = device.asked_to_say.iter().filter(|(to, _)| to == id).map(|(_, m)| m);
                let places: Vec<u64> = wanted.map(|m| device.sent[m].1).collect();
                assert!(places.is_sorted(), "what a device says keeps its order");
                for (m, (to, seq)) in &device.sent {
                    assert!(to != id || log[*seq as usize - 1].client_msg_id == *m);
                }
            }
            assert_eq!(device.sent.len(), device.asked_to_say.len());
        }
    }
}

#[test]
fn nothing_is_lost_twice_or_out_of_order() {
    for seed in 1..=300 {
        let mut world = World::new(seed);
        world.run();
        let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| world.check()));
        assert!(checked.is_ok(), "seed {seed}");
    }
}
