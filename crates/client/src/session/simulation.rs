//! Sessions against a small model of the server, in simulated time, over a
//! network that loses, delays, reorders and breaks.

mod server;

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use super::{Closed, Effect, Keep, RETIRED, Session};
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
    Opened {
        device: usize,
    },
    /// Of the n-th renewal in this world.
    Renewed {
        device: usize,
        renewal: usize,
    },
    Retire {
        connection: usize,
    },
    ToServer {
        connection: usize,
        text: String,
    },
    ToDevice {
        connection: usize,
        text: String,
    },
    Cut {
        connection: usize,
    },
    Say {
        device: usize,
        to: &'static str,
        client_msg_id: String,
    },
    Timer {
        device: usize,
    },
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
    renewal: Option<usize>,
    seen: HashMap<String, Vec<Message>>,
    sent: HashMap<String, (String, u64)>,
    asked_to_say: Vec<(String, String)>,
}

/// How the server handles the frames of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// In order, in one process.
    InOrder,
    /// Each by itself, so that they overtake each other.
    AtOnce,
}

struct World {
    shape: Shape,
    renewals: usize,
    renewed: usize,
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
    fn new(seed: u64, shape: Shape) -> Self {
        let keep = Keep { renew_after: Duration::from_secs(15), ..Keep::default() };
        let device = |(n, me): (usize, &&str)| Device {
            session: Session::new((*me).to_owned(), seed.wrapping_mul(7) + n as u64).keeping(keep),
            connection: None,
            renewal: None,
            seen: HashMap::new(),
            sent: HashMap::new(),
            asked_to_say: Vec::new(),
        };
        let mut world = Self {
            shape,
            renewals: 0,
            renewed: 0,
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
                self.connect(device);
                self.devices[device].session.opened(now);
                self.settle(device);
            }
            Happening::Renewed { device, renewal }
                if self.devices[device].renewal == Some(renewal) =>
            {
                self.devices[device].renewal = None;
                if self.is_faulty() && self.random.percent(20) {
                    self.devices[device].session.not_renewed(now, Closed::Lost);
                } else {
                    if let Some(connection) = self.devices[device].connection {
                        self.at(now + RETIRED, Happening::Retire { connection });
                    }
                    self.connect(device);
                    self.devices[device].session.renewed(now);
                    self.renewed += 1;
                }
                self.settle(device);
            }
            Happening::Retire { connection } => self.connections[connection].alive = false,
            Happening::Cut { connection } if self.connections[connection].alive => {
                if self.random.percent(20) {
                    self.connections[connection].silent = true;
                    return;
                }
                let device = self.connections[connection].device;
                if self.devices[device].connection == Some(connection) {
                    self.disconnect(device);
                    self.devices[device].session.closed(now, Closed::Lost);
                    self.settle(device);
                } else {
                    self.connections[connection].alive = false;
                }
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
            Happening::Cut { .. }
            | Happening::Renewed { .. }
            | Happening::ToServer { .. }
            | Happening::ToDevice { .. } => {}
        }
    }

    /// A new connection of a device, which is in use from now on.
    fn connect(&mut self, device: usize) {
        let (now, connection) = (self.now, self.connections.len());
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
    }

    /// Drops every connection of a device, as its driver does.
    fn disconnect(&mut self, device: usize) {
        self.devices[device].connection = None;
        self.devices[device].renewal = None;
        for connection in self.connections.iter_mut().filter(|one| one.device == device) {
            connection.alive = false;
        }
    }

    fn overtakes(&mut self) -> bool {
        self.shape == Shape::AtOnce && self.random.percent(50)
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
                Effect::Renew => {
                    self.renewals += 1;
                    let renewal = self.renewals;
                    self.devices[device].renewal = Some(renewal);
                    let at = self.now + self.random.millis(100);
                    self.at(at, Happening::Renewed { device, renewal });
                }
                Effect::Send(text) => {
                    // A frame may be said just as the connection goes.
                    let Some(connection) = self.devices[device].connection else { continue };
                    let mut at = self.now + self.random.millis(60);
                    if !self.overtakes() {
                        at = at.max(self.connections[connection].asks_until);
                    }
                    let until = &mut self.connections[connection].asks_until;
                    *until = at.max(*until);
                    self.at(at, Happening::ToServer { connection, text });
                }
                Effect::Close => self.disconnect(device),
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
    for shape in [Shape::InOrder, Shape::AtOnce] {
        for seed in 1..=300 {
            let mut world = World::new(seed, shape);
            world.run();
            assert!(world.renewed >= DEVICES.len(), "connections were replaced");
            let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| world.check()));
            assert!(checked.is_ok(), "seed {seed}, {shape:?}");
        }
    }
}
