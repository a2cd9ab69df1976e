//! Real sessions of several devices against the real gateway, in simulated
//! time, over a network and a store with faults: the protocol's promises.
//!
//! A connection here does what the front does with a socket: messages go to
//! the log as they come, any other frame waits for those before it, and the
//! answers are written in order. See `passes` and `tell` for the faults.

mod device;
mod promises;
mod random;

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use aizuchi_client::{
    event::{Command, To},
    session::{Closed, Effect},
};
use aizuchi_core::{
    chat::{Caller, Policy},
    error::PortError,
    ids::MessageId,
    registry::Level,
};
use aizuchi_gateway::local::{Line, Rate, Rates, Taken};
use aizuchi_wire::CloseCode;
use pollster::block_on;
use serde_json::Value;

use self::{device::Device, random::Random};
use crate::support::{Fate, World, direct, user};

const PEOPLE: [&str; 3] = ["ada", "bob", "cyd"];
const DEVICES: [&str; 5] = ["ada", "ada", "bob", "cyd", "bob"];
/// The last device comes when much was said already.
const COMES_LATE: Duration = Duration::from_secs(40);
const MESSAGES: u64 = 100;
const READS: u64 = 30;
const FAULTS_BEGIN: Duration = Duration::from_secs(2);
const FAULTS_END: Duration = Duration::from_secs(60);
/// Long after the faults: a device asks once a minute whether it missed something.
const END: Duration = Duration::from_secs(300);
const SEEDS: u64 = 200;

enum Happening {
    Comes {
        device: usize,
    },
    Opened {
        device: usize,
    },
    ToServer {
        connection: usize,
        text: String,
    },
    ToDevice {
        connection: usize,
        text: String,
    },
    /// The network breaks.
    Cut {
        connection: usize,
    },
    /// The server closes a connection.
    Closes {
        connection: usize,
        code: CloseCode,
    },
    /// The server learns that a connection is gone.
    Noticed {
        connection: usize,
    },
    Release {
        name: MessageId,
    },
    Say {
        device: usize,
        to: &'static str,
        client_msg_id: String,
    },
    Read {
        device: usize,
        percent: u64,
    },
    Timer {
        device: usize,
    },
}

type Answering = Pin<Box<dyn Future<Output = ()>>>;

struct Connection {
    device: usize,
    line: Arc<Line>,
    /// What the device says arrives, and what it is told reaches it.
    hears_device: bool,
    reaches_device: bool,
    /// Still served; no longer once the server has noticed its end.
    served: bool,
    unregistered: bool,
    inbox: VecDeque<String>,
    in_flight: VecDeque<Answering>,
    answers_until: Duration,
    asks_until: Duration,
}

struct Simulation {
    now: Duration,
    random: Random,
    schedule: BTreeMap<(Duration, u64), Happening>,
    scheduled: u64,
    server: World,
    devices: Vec<Device>,
    connections: Vec<Connection>,
    /// Held back, with their release in the schedule.
    held: HashSet<MessageId>,
    /// Every `ACK` that the server wrote: of whom and what, and where it is.
    acknowledged: HashMap<(&'static str, String), (String, u64, String)>,
}

impl Simulation {
    fn new(seed: u64) -> Self {
        let rates = Rates { send: Rate { every_ms: 400, burst: 8 }, ..Rates::default() };
        let devices = DEVICES.iter().enumerate();
        let mut simulation = Self {
            now: Duration::ZERO,
            random: Random::new(seed),
            schedule: BTreeMap::new(),
            scheduled: 0,
            server: World::with(Policy::default(), Some(rates)),
            devices: devices.map(|(n, me)| Device::new(me, seed * 10 + n as u64)).collect(),
            connections: Vec::new(),
            held: HashSet::new(),
            acknowledged: HashMap::new(),
        };
        for device in 0..DEVICES.len() {
            let is_late = device == DEVICES.len() - 1;
            let at = if is_late { COMES_LATE } else { Duration::ZERO };
            simulation.at(at, Happening::Comes { device });
        }
        for n in 0..MESSAGES {
            let (at, device) = simulation.some_time();
            let me = DEVICES[device];
            let others: Vec<_> = PEOPLE.into_iter().filter(|to| *to != me).collect();
            let to = simulation.random.one_of(&others);
            simulation.at(at, Happening::Say { device, to, client_msg_id: format!("m{n}") });
        }
        for _ in 0..READS {
            let (at, device) = simulation.some_time();
            let percent = simulation.random.below(120);
            simulation.at(at, Happening::Read { device, percent });
        }
        simulation
    }

    /// A time while there are faults, and a device that is there.
    fn some_time(&mut self) -> (Duration, usize) {
        let at = self.random.millis(58_000);
        let there = if at < COMES_LATE { DEVICES.len() - 1 } else { DEVICES.len() };
        (at, self.random.below(there as u64) as usize)
    }

    fn at(&mut self, at: Duration, happening: Happening) {
        self.scheduled += 1;
        self.schedule.insert((at, self.scheduled), happening);
    }

    fn soon(&mut self, within: u64, happening: Happening) {
        let at = self.now + self.random.millis(within);
        self.at(at, happening);
    }

    fn is_faulty(&self) -> bool {
        (FAULTS_BEGIN..FAULTS_END).contains(&self.now)
    }

    fn run(&mut self) {
        while let Some(((at, _), happening)) = self.schedule.pop_first() {
            if at > END {
                break;
            }
            let passed = at.as_millis() - self.now.as_millis();
            self.server.advance(u64::try_from(passed).unwrap());
            self.now = at;
            self.happen(happening);
            self.serve();
        }
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Comes { device } => self.settle(device),
            Happening::Opened { device } => self.opens(device),
            Happening::ToServer { connection, text } => {
                let connection = &mut self.connections[connection];
                if connection.hears_device && connection.served {
                    connection.inbox.push_back(text);
                }
            }
            Happening::ToDevice { connection, text } => {
                let Connection { device, reaches_device, .. } = self.connections[connection];
                if reaches_device {
                    self.devices[device].session.text(self.now, &text);
                    self.settle(device);
                }
            }
            Happening::Cut { connection } => self.cut(connection),
            Happening::Closes { connection, code } => {
                self.connections[connection].served = false;
                self.ends(connection, Closed::Code(code.number()));
            }
            Happening::Noticed { connection } => self.connections[connection].served = false,
            Happening::Release { name } => {
                self.held.remove(&name);
                self.server.log().release(name);
            }
            Happening::Say { device, to, client_msg_id } => self.say(device, to, client_msg_id),
            Happening::Read { device, percent } => self.read(device, percent),
            Happening::Timer { device } => {
                if self.devices[device].session.deadline().is_some_and(|at| at <= self.now) {
                    self.devices[device].session.timer(self.now);
                    self.settle(device);
                }
            }
        }
    }

    fn opens(&mut self, device: usize) {
        let connection = self.connections.len();
        let line = self.server.hub().open(user(DEVICES[device]), Level::One, None, 0);
        block_on(self.server.gateway.connect(&line.caller, None)).unwrap();
        self.connections.push(Connection {
            device,
            line,
            hears_device: true,
            reaches_device: true,
            served: true,
            unregistered: false,
            inbox: VecDeque::new(),
            in_flight: VecDeque::new(),
            answers_until: self.now,
            asks_until: self.now,
        });
        self.devices[device].connection = Some(connection);
        if self.now < FAULTS_END {
            let at = self.now.max(FAULTS_BEGIN) + self.random.millis(12_000);
            self.at(at, Happening::Cut { connection });
        }
        self.devices[device].session.opened(self.now);
        self.settle(device);
    }

    /// A connection breaks: the server closes it, or the device loses it and
    /// the server learns that later, or nobody is told.
    fn cut(&mut self, connection: usize) {
        if !self.connections[connection].reaches_device {
            return;
        }
        match self.random.below(10) {
            0..3 => {
                let codes = [CloseCode::GoingAway, CloseCode::SlowReader, CloseCode::TooOld];
                let code = self.random.one_of(&codes);
                self.happen(Happening::Closes { connection, code });
            }
            3..8 => {
                // What the device said before may still arrive.
                self.connections[connection].hears_device = self.random.percent(50);
                self.ends(connection, Closed::Lost);
                self.soon(3_000, Happening::Noticed { connection });
            }
            _ => {
                self.connections[connection].hears_device = self.random.percent(50);
                self.connections[connection].reaches_device = false;
                self.soon(60_000, Happening::Noticed { connection });
            }
        }
    }

    /// A device learns that its connection is gone.
    fn ends(&mut self, connection: usize, why: Closed) {
        let Connection { device, reaches_device, .. } = &mut self.connections[connection];
        let device = *device;
        *reaches_device = false;
        if self.devices[device].connection == Some(connection) {
            self.devices[device].connection = None;
            self.devices[device].session.closed(self.now, why);
            self.settle(device);
        }
    }

    fn say(&mut self, device: usize, to: &'static str, client_msg_id: String) {
        let me = self.devices[device].me;
        let text = format!("{client_msg_id} for {to}");
        self.devices[device].said.push((direct(me, to), client_msg_id.clone()));
        let to = if self.random.percent(30) {
            To::Conversation(direct(me, to))
        } else {
            To::Person(to.to_owned())
        };
        let command = Command::Send { client_msg_id, to, text, reply_to: None, sent_at: None };
        self.devices[device].session.command(self.now, command);
        self.settle(device);
    }

    /// A person reads so much of a conversation, or claims to have read more.
    fn read(&mut self, device: usize, percent: u64) {
        let choices = self.devices[device].views.len() as u64;
        if choices == 0 {
            return;
        }
        let choice = self.random.below(choices) as usize;
        let (id, view) = self.devices[device].views.iter().nth(choice).unwrap();
        let end = view.entries.keys().next_back().copied().unwrap_or(0);
        let command = Command::Read { conversation_id: id.clone(), seq: end * percent / 100 };
        self.devices[device].session.command(self.now, command);
        self.settle(device);
    }

    /// Carries out what a session wants.
    fn settle(&mut self, device: usize) {
        while let Some(effect) = self.devices[device].next_effect(self.now) {
            match effect {
                Effect::Open => self.soon(100, Happening::Opened { device }),
                // The client's own simulation has renewals; here each fails.
                Effect::Renew => self.devices[device].session.not_renewed(self.now, Closed::Lost),
                Effect::Send(text) => {
                    // A frame may be said just as the connection goes.
                    let Some(connection) = self.devices[device].connection else { continue };
                    let twice = text.contains("SENDMSG") && self.passes_twice();
                    for text in std::iter::repeat_n(text, if twice { 2 } else { 1 }) {
                        let delay = self.random.millis(60);
                        let line = &mut self.connections[connection];
                        line.asks_until = line.asks_until.max(self.now + delay);
                        let at = line.asks_until;
                        self.at(at, Happening::ToServer { connection, text });
                    }
                }
                Effect::Close => {
                    if let Some(connection) = self.devices[device].connection.take() {
                        self.connections[connection].reaches_device = false;
                        self.soon(3_000, Happening::Noticed { connection });
                    }
                }
                Effect::Event(event) => panic!("the device takes {event:?}"),
            }
        }
        if let Some(at) = self.devices[device].session.deadline() {
            self.at(at.max(self.now), Happening::Timer { device });
        }
    }

    fn passes_twice(&mut self) -> bool {
        self.is_faulty() && self.random.percent(5)
    }

    /// Serves every connection until nothing more happens.
    fn serve(&mut self) {
        loop {
            let mut progress = false;
            for connection in 0..self.connections.len() {
                progress |= self.serve_one(connection);
            }
            if !progress {
                return;
            }
        }
    }

    /// One turn of a connection. True where something happened.
    fn serve_one(&mut self, connection: usize) -> bool {
        let context = &mut Context::from_waker(Waker::noop());
        let line = &mut self.connections[connection];
        if line.unregistered {
            return false;
        }
        if !line.served {
            line.inbox.clear();
        }
        let mut progress = false;
        if let Some(first) = line.in_flight.front_mut()
            && first.as_mut().poll(context).is_ready()
        {
            line.in_flight.pop_front();
            progress = true;
        }
        if let Some(text) = line.inbox.pop_front() {
            progress |= self.hear(connection, text);
        }
        let line = &mut self.connections[connection];
        if let Poll::Ready(Taken::Frames(frames)) = line.line.outbox.poll_take(context) {
            for frame in frames {
                self.tell(connection, String::from_utf8(frame.to_vec()).unwrap());
            }
            progress = true;
        }
        let line = &mut self.connections[connection];
        if !line.served && line.in_flight.is_empty() {
            // As the front does: what was handed to the log is answered first.
            line.unregistered = true;
            block_on(self.server.gateway.disconnect(&line.line.caller));
            progress = true;
        }
        progress
    }

    /// Does what a frame asks. False where it waits for those before it.
    fn hear(&mut self, connection: usize, text: String) -> bool {
        let gateway = Arc::clone(&self.server.gateway);
        let caller: Caller = self.connections[connection].line.caller.clone();
        let request = gateway.decode(&caller, &text);
        if !request.is_append() {
            let line = &mut self.connections[connection];
            if !line.in_flight.is_empty() {
                line.inbox.push_front(text);
                return false;
            }
            line.in_flight.push_back(Box::pin(async move {
                gateway.handle(&caller, request).await;
            }));
            return true;
        }
        self.choose_fate();
        if let Some(begun) = block_on(gateway.handle(&caller, request)) {
            let finish = Box::pin(async move { gateway.finish(begun).await });
            self.connections[connection].in_flight.push_back(finish);
        }
        for name in self.server.log().held() {
            if self.held.insert(name) {
                self.soon(3_000, Happening::Release { name });
            }
        }
        true
    }

    fn choose_fate(&mut self) {
        if !self.is_faulty() {
            return;
        }
        match self.random.below(100) {
            0..20 => self.server.log().next(Fate::Late),
            20..25 => {
                self.server.log().next(Fate::Fails(PortError::unavailable("the log", "full")))
            }
            25..30 => self.server.log().next(Fate::StoredAndUnanswered),
            _ => {}
        }
    }

    /// A frame leaves the server. An event may be lost, and may overtake others.
    fn tell(&mut self, connection: usize, text: String) {
        let frame: Value = serde_json::from_str(&text).unwrap();
        self.witness(connection, &frame);
        let is_event = matches!(frame["action"].as_str(), Some("SENDMSG" | "READ" | "TYPING"))
            && frame.get("requestId").is_none();
        if is_event {
            if !self.is_faulty() || !self.random.percent(10) {
                self.soon(500, Happening::ToDevice { connection, text });
            }
            return;
        }
        let delay = self.random.millis(60);
        let line = &mut self.connections[connection];
        line.answers_until = line.answers_until.max(self.now + delay);
        let at = line.answers_until;
        self.at(at, Happening::ToDevice { connection, text });
    }
}

#[test]
fn promises_are_kept_under_faults() {
    for seed in 1..=SEEDS {
        let mut simulation = Simulation::new(seed);
        let kept = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            simulation.run();
            simulation.check();
        }));
        assert!(kept.is_ok(), "seed {seed}");
    }
}
