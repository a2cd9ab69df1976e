//! A client's behaviour, without I/O.
//!
//! A driver tells the session what happened ([`Session::opened`],
//! [`Session::text`], [`Session::closed`], [`Session::renewed`],
//! [`Session::not_renewed`], [`Session::timer`], [`Session::command`]), carries out its [`Effect`]s in order, and calls
//! `timer` at [`Session::deadline`]. Time is whatever the driver says, from any
//! origin, and never goes back.

mod backoff;
mod changes;
mod encode;
mod incoming;
mod keeping;
mod outbox;
mod questions;
mod timeline;

#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use aizuchi_wire::{CloseCode, ErrorCode, limits::INBOUND_BYTES};

pub use self::keeping::{Keep, RETIRED};
use self::{
    backoff::Backoff,
    keeping::Renewal,
    outbox::{Outbox, Pending},
    questions::Questions,
    timeline::Timeline,
};
use crate::{
    event::{Command, Ended, Event, Link, To},
    ids::direct_conversation,
};

/// How long a message that came early waits for those before it.
const HOLD_BACK: Duration = Duration::from_millis(300);
/// A server that says nothing at all for so long after a question is gone.
const DEAD_AFTER: Duration = Duration::from_secs(15);
/// After a refusal that does not say when to try again.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// After being told that it sends far too fast.
const FLOOD_PAUSE: Duration = Duration::from_secs(10);
/// Cursors in one `SYNC`.
const MAX_CURSORS: usize = 200;
/// Bytes of ids in one `SYNC`: the frame has a limit too.
const MAX_CURSOR_BYTES: usize = INBOUND_BYTES / 2;
/// The `requestId` of a `SYNC`, of which one is on its way at a time.
const SYNC_ID: &str = "sync";

/// Why a connection is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// The server closed it with this code.
    Code(u16),
    /// It broke, or could not be opened.
    Lost,
    /// No valid token is to be had.
    SignedOut,
}

/// What the driver shall do.
#[derive(Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "few at a time, and each is handed on at once")]
pub enum Effect {
    /// Open a connection, then call `opened` or `closed`.
    Open,
    /// Open another one beside that in use, then take it in its place and call
    /// `renewed`, or call `not_renewed`. The old one is read for [`RETIRED`].
    Renew,
    /// Send this text.
    Send(String),
    /// Drop every connection; no call is wanted.
    Close,
    /// Tell the application.
    Event(Event),
}

#[derive(Debug)]
enum State {
    Waiting { until: Duration },
    Opening,
    Open { synced: Duration, unanswered_since: Option<Duration>, renewal: Renewal },
    Ended,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Syncing {
    No,
    Asked,
    Postponed { until: Duration },
}

/// See the module.
#[derive(Debug)]
pub struct Session {
    me: String,
    keep: Keep,
    state: State,
    backoff: Backoff,
    effects: VecDeque<Effect>,
    outbox: Outbox,
    timelines: HashMap<String, Timeline>,
    /// Conversations that miss something, and since when.
    gaps: HashMap<String, Duration>,
    /// A drop asks them again.
    questions: Questions,
    watched: Vec<String>,
    syncing: Syncing,
    /// Whether a `SYNC` was answered on this connection.
    caught_up: bool,
    /// Whether one was ever answered.
    begun: bool,
    since: Option<String>,
    touches: u64,
}

impl Session {
    /// A session of the person `me` that opens its connection at once. `seed`
    /// spreads it in time from others.
    pub fn new(me: String, seed: u64) -> Self {
        let mut session = Self {
            me,
            keep: Keep::default(),
            state: State::Opening,
            backoff: Backoff::new(seed),
            effects: VecDeque::new(),
            outbox: Outbox::default(),
            timelines: HashMap::new(),
            gaps: HashMap::new(),
            questions: Questions::default(),
            watched: Vec::new(),
            syncing: Syncing::No,
            caught_up: false,
            begun: false,
            since: None,
            touches: 0,
        };
        session.open();
        session
    }

    /// What to do next.
    pub fn next_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// When `timer` wants to be called, if nothing else happens.
    pub fn deadline(&self) -> Option<Duration> {
        let State::Open { synced, unanswered_since, renewal } = self.state else {
            return match self.state {
                State::Waiting { until } => Some(until),
                _ => None,
            };
        };
        let dead = unanswered_since.map(|since| since + DEAD_AFTER);
        let gap = self.gaps.values().min().map(|noticed| *noticed + HOLD_BACK);
        let sync = match self.syncing {
            Syncing::No => {
                let ask_at = synced + self.keep.ask_every;
                Some(gap.map_or(ask_at, |at| at.min(ask_at)))
            }
            Syncing::Asked => None,
            Syncing::Postponed { until } => Some(until),
        };
        let again = self.questions.deadline();
        [dead, sync, again, self.outbox.deadline(), renewal.deadline()].into_iter().flatten().min()
    }

    /// The connection is up.
    pub fn opened(&mut self, now: Duration) {
        if !matches!(self.state, State::Opening) {
            return;
        }
        let renewal = Renewal::Due { at: self.next_renewal(now) };
        self.state = State::Open { synced: now, unanswered_since: None, renewal };
        self.sync(now);
        self.watch();
        for frame in self.questions.all() {
            self.ask(now, frame);
        }
        self.flush(now);
    }

    /// The connection is gone, or could not be opened.
    pub fn closed(&mut self, now: Duration, why: Closed) {
        if matches!(self.state, State::Ended | State::Waiting { .. }) {
            return;
        }
        self.outbox.dropped();
        self.syncing = Syncing::No;
        self.caught_up = false;
        let is = |code: CloseCode| why == Closed::Code(code.number());
        if why == Closed::SignedOut || is(CloseCode::SessionEnded) {
            return self.end(Ended::Session);
        }
        let renewing = matches!(self.state, State::Open { renewal: Renewal::UnderWay, .. });
        if is(CloseCode::TooManyConnections) && !renewing {
            // Coming back would close another one of this person's, which would come back.
            return self.end(Ended::TooManyConnections);
        }
        let mut retry_in = self.backoff.next_delay();
        if is(CloseCode::Flooding) {
            retry_in += FLOOD_PAUSE;
        }
        self.state = State::Waiting { until: now + retry_in };
        self.tell(Event::Link(Link::Offline { retry_in }));
    }

    /// The deadline has come. Harmless at any other time.
    pub fn timer(&mut self, now: Duration) {
        match self.state {
            State::Waiting { until } if until <= now => self.open(),
            State::Open { unanswered_since: Some(since), .. } if since + DEAD_AFTER <= now => {
                self.effects.push_back(Effect::Close);
                self.closed(now, Closed::Lost);
            }
            State::Open { synced, .. } => {
                let gap = self.gaps.values().any(|noticed| *noticed + HOLD_BACK <= now);
                match self.syncing {
                    Syncing::No if synced + self.keep.ask_every <= now => {
                        self.sync(now);
                        if self.keep.watch_again {
                            self.watch();
                        }
                    }
                    Syncing::No if gap => self.sync(now),
                    Syncing::Postponed { until } if until <= now => self.sync(now),
                    _ => {}
                }
                for frame in self.questions.due(now) {
                    self.ask(now, frame);
                }
                self.flush(now);
                self.renew(now);
            }
            _ => {}
        }
    }

    /// The application wants something.
    pub fn command(&mut self, now: Duration, command: Command) {
        match &command {
            Command::Send { .. } | Command::Change { .. } => self.send(now, command),
            Command::Typing { .. } => {
                if matches!(self.state, State::Open { .. }) {
                    self.say(encode::command(&command, None));
                }
            }
            Command::Watch { subs } => {
                self.watched.clone_from(subs);
                if matches!(self.state, State::Open { .. }) {
                    self.say(encode::watch(subs));
                }
            }
            Command::History { .. }
            | Command::Conversations { .. }
            | Command::Search { .. }
            | Command::Read { .. } => self.question(now, &command),
        }
    }

    fn send(&mut self, now: Duration, command: Command) {
        let frame = encode::command(&command, None);
        let (conversation, pending) = match command {
            Command::Send { client_msg_id, to, text, reply_to, .. } => {
                let conversation = match to {
                    To::Person(sub) => direct_conversation(&self.me, &sub),
                    To::Conversation(id) => id,
                };
                (conversation, Pending { client_msg_id, text, reply_to, change: None, frame })
            }
            Command::Change { client_msg_id, change } => {
                let lane = changes::lane(&client_msg_id, &change);
                let (text, change) = (String::new(), Some(Box::new(change)));
                (lane, Pending { client_msg_id, text, reply_to: None, change, frame })
            }
            _ => return,
        };
        if pending.frame.len() > INBOUND_BYTES {
            let error = "The message is too long.".to_owned();
            let client_msg_id = pending.client_msg_id;
            return self.tell(Event::Refused { client_msg_id, code: ErrorCode::TooLarge, error });
        }
        if let Err(pending) = self.outbox.push(conversation, pending) {
            return self.tell(Event::Refused {
                client_msg_id: pending.client_msg_id,
                code: ErrorCode::Unavailable,
                error: "Too many messages are waiting for a connection.".to_owned(),
            });
        }
        self.flush(now);
    }

    fn question(&mut self, now: Duration, command: &Command) {
        let Some(frame) = self.questions.add(|id| encode::command(command, Some(id))) else {
            return self.tell(Event::Failed {
                code: ErrorCode::Unavailable,
                error: "Too many questions are waiting for their answers.".to_owned(),
            });
        };
        if matches!(self.state, State::Open { .. }) {
            self.ask(now, frame);
        }
    }

    fn open(&mut self) {
        self.state = State::Opening;
        self.effects.push_back(Effect::Open);
        self.tell(Event::Link(Link::Connecting));
    }

    fn end(&mut self, why: Ended) {
        self.state = State::Ended;
        self.tell(Event::Link(Link::Ended(why)));
    }

    /// Asks what changed, and for what is missing: after the cursors of the
    /// conversations known to miss something and, on return, of those in which
    /// something happened last. What is not named is at least listed, and asked
    /// for the next time.
    fn sync(&mut self, now: Duration) {
        let mut wanted: Vec<(&str, u64, (bool, u64))> = self
            .timelines
            .iter()
            .filter(|(_, timeline)| !self.caught_up || timeline.is_missing_some())
            .filter_map(|(id, timeline)| {
                let rank = (timeline.is_missing_some(), timeline.touched);
                Some((id.as_str(), timeline.seen()?, rank))
            })
            .collect();
        wanted.sort_unstable_by_key(|(.., rank)| std::cmp::Reverse(*rank));
        let mut bytes = 0;
        let cursors: Vec<(&str, u64)> = wanted
            .into_iter()
            .take(MAX_CURSORS)
            .map(|(id, seen, _)| (id, seen))
            .take_while(|(id, _)| {
                bytes += id.len();
                bytes <= MAX_CURSOR_BYTES
            })
            .collect();
        let frame = encode::sync(self.since.as_deref(), &cursors, SYNC_ID);
        self.syncing = Syncing::Asked;
        if let State::Open { synced, .. } = &mut self.state {
            *synced = now;
        }
        self.ask(now, frame);
    }

    fn flush(&mut self, now: Duration) {
        let State::Open { unanswered_since, .. } = &mut self.state else { return };
        self.outbox.send_ready(now, |frame| {
            unanswered_since.get_or_insert(now);
            self.effects.push_back(Effect::Send(frame.to_owned()));
        });
    }

    /// Says something that is answered.
    fn ask(&mut self, now: Duration, frame: String) {
        if let State::Open { unanswered_since, .. } = &mut self.state {
            unanswered_since.get_or_insert(now);
        }
        self.say(frame);
    }

    fn say(&mut self, frame: String) {
        self.effects.push_back(Effect::Send(frame));
    }

    fn tell(&mut self, event: Event) {
        self.effects.push_back(Effect::Event(event));
    }
}
