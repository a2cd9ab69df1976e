//! The session, its socket and its account, joined on tokio.

use std::future::pending;

use aizuchi_wire::ErrorCode;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};

use crate::{
    event::{Command, Event, Person, To},
    http::Account,
    ids,
    session::{Closed, Effect, RETIRED, Session},
    transport::{Endpoint, Incoming, OpenError, Socket},
};

const COMMANDS: usize = 64;
const EVENTS: usize = 64;

/// The client has ended; its last event said why.
#[derive(Debug, thiserror::Error)]
#[error("the connection has ended for good")]
pub struct Gone;

/// A client that keeps its connection by itself. It ends when this is dropped.
#[derive(Clone)]
pub struct Client {
    commands: mpsc::Sender<Command>,
    me: Person,
}

impl Client {
    /// Starts a client on the current tokio runtime. An application that takes
    /// no events is, in the end, disconnected by the server as a slow reader.
    pub fn start(account: Account, to: Endpoint) -> (Self, mpsc::Receiver<Event>) {
        let (commands, wanted) = mpsc::channel(COMMANDS);
        let (told, events) = mpsc::channel(EVENTS);
        let me = account.me().clone();
        let mut seed = [0; 8];
        // Without randomness clients come back in step, which is bad but no reason to stay away.
        let _ = getrandom::fill(&mut seed);
        let session = Session::new(me.sub.clone(), u64::from_le_bytes(seed)).keeping(to.keep);
        let driver = Driver {
            session,
            link: Link::None,
            next: None,
            retired: None,
            origin: Instant::now(),
            account,
            to,
        };
        tokio::spawn(driver.run(wanted, told));
        (Self { commands, me }, events)
    }

    /// Who this is.
    pub fn me(&self) -> &Person {
        &self.me
    }

    /// Says something, and gives the `clientMsgId` by which [`Event::Sent`] or
    /// [`Event::Refused`] will name it. It is kept over drops of the connection.
    pub async fn send(&self, to: To, text: String) -> Result<String, Gone> {
        let client_msg_id = ids::client_msg_id().map_err(|_| Gone)?;
        self.command(Command::Send {
            client_msg_id: client_msg_id.clone(),
            to,
            text,
            reply_to: None,
            sent_at: i64::try_from(ids::now_ms()).ok(),
        })
        .await?;
        Ok(client_msg_id)
    }

    /// Wants anything else; the answer comes as an event.
    pub async fn command(&self, command: Command) -> Result<(), Gone> {
        self.commands.send(command).await.map_err(|_| Gone)
    }
}

type Opening = tokio::task::JoinHandle<Result<Box<Socket>, OpenFailed>>;

enum Link {
    None,
    Opening(Opening),
    Open(Box<Socket>),
}

/// Which of the two halves of opening a connection failed.
enum OpenFailed {
    SignedOut,
    Lost,
}

enum Happened {
    Opened(Result<Box<Socket>, OpenFailed>),
    Incoming(Incoming),
    /// The connection that takes the place of the one in use.
    Next(Result<Box<Socket>, OpenFailed>),
    /// From the one whose place was taken.
    Late(Incoming),
    RetiredLongEnough,
}

/// A connection whose place was taken, and until when it is read.
struct Retired {
    socket: Box<Socket>,
    until: Instant,
}

struct Driver {
    session: Session,
    link: Link,
    next: Option<Opening>,
    retired: Option<Retired>,
    origin: Instant,
    account: Account,
    to: Endpoint,
}

impl Driver {
    async fn run(mut self, mut wanted: mpsc::Receiver<Command>, told: mpsc::Sender<Event>) {
        let mut untold: Option<Event> = None;
        loop {
            while untold.is_none()
                && let Some(effect) = self.session.next_effect()
            {
                match effect {
                    Effect::Open => self.link = Link::Opening(self.open()),
                    Effect::Renew => self.next = Some(self.open()),
                    Effect::Close => self.drop_link(),
                    Effect::Send(text) => self.send(text).await,
                    Effect::Event(event) => untold = Some(event),
                }
            }
            let deadline = self.session.deadline().map(|at| self.origin + at);
            tokio::select! {
                // While an event waits for the application nothing is read, so
                // that the server feels it; but commands are taken, since the
                // application may be waiting to give one.
                permit = told.reserve(), if untold.is_some() => match (permit, untold.take()) {
                    (Ok(permit), Some(event)) => permit.send(event),
                    _ => break,
                },
                command = wanted.recv() => match command {
                    Some(command) => self.session.command(self.origin.elapsed(), command),
                    None => break,
                },
                happened = self.next(), if untold.is_none() => self.happened(happened),
                () = until(deadline), if untold.is_none() => self.session.timer(self.origin.elapsed()),
            }
        }
        if let Link::Open(socket) = std::mem::replace(&mut self.link, Link::None) {
            socket.close().await;
        }
        self.drop_link();
    }

    fn open(&self) -> Opening {
        let (account, to) = (self.account.clone(), self.to.clone());
        tokio::spawn(async move {
            let token = account.token().await.map_err(|error| match error.code() {
                Some(ErrorCode::Unauthorized) => OpenFailed::SignedOut,
                _ => OpenFailed::Lost,
            })?;
            match Socket::open(&to, &token).await {
                Ok(socket) => Ok(Box::new(socket)),
                Err(error) => {
                    tracing::debug!(%error, "no socket");
                    if matches!(error, OpenError::Refused(401 | 403)) {
                        account.distrust_token().await;
                    }
                    Err(OpenFailed::Lost)
                }
            }
        })
    }

    async fn send(&mut self, text: String) {
        if let Link::Open(socket) = &mut self.link
            && let Err(error) = socket.send(text).await
        {
            tracing::debug!(%error, "nothing can be sent");
            self.drop_link();
            self.session.closed(self.origin.elapsed(), Closed::Lost);
        }
    }

    /// What happens next on any connection. May be dropped while it waits.
    async fn next(&mut self) -> Happened {
        tokio::select! {
            happened = self.link.next() => happened,
            opened = opened(self.next.as_mut()) => Happened::Next(opened),
            late = late(self.retired.as_mut()) => late,
        }
    }

    fn happened(&mut self, happened: Happened) {
        let now = self.origin.elapsed();
        match happened {
            Happened::Opened(Ok(socket)) => {
                self.link = Link::Open(socket);
                self.session.opened(now);
            }
            Happened::Opened(Err(failed)) => {
                self.link = Link::None;
                let why = match failed {
                    OpenFailed::SignedOut => Closed::SignedOut,
                    OpenFailed::Lost => Closed::Lost,
                };
                self.session.closed(now, why);
            }
            Happened::Incoming(Incoming::Text(text)) | Happened::Late(Incoming::Text(text)) => {
                self.session.text(now, &text);
            }
            Happened::Next(next) => self.take_next(next),
            Happened::Late(Incoming::Closed(_)) => self.retired = None,
            Happened::RetiredLongEnough => {
                if let Some(Retired { socket, .. }) = self.retired.take() {
                    tokio::spawn(socket.close());
                }
            }
            Happened::Incoming(Incoming::Closed(code)) => {
                self.drop_link();
                self.session.closed(now, code.map_or(Closed::Lost, Closed::Code));
            }
        }
    }

    /// Takes the next connection in the place of the one in use.
    fn take_next(&mut self, next: Result<Box<Socket>, OpenFailed>) {
        let now = self.origin.elapsed();
        self.next = None;
        match next {
            Ok(socket) => {
                let old = std::mem::replace(&mut self.link, Link::Open(socket));
                if let Link::Open(socket) = old {
                    self.retired = Some(Retired { socket, until: Instant::now() + RETIRED });
                }
                self.session.renewed(now);
            }
            Err(OpenFailed::SignedOut) => self.session.not_renewed(now, Closed::SignedOut),
            Err(OpenFailed::Lost) => self.session.not_renewed(now, Closed::Lost),
        }
    }

    fn drop_link(&mut self) {
        if let Link::Opening(opening) = std::mem::replace(&mut self.link, Link::None) {
            opening.abort();
        }
        if let Some(next) = self.next.take() {
            next.abort();
        }
        self.retired = None;
    }
}

async fn opened(opening: Option<&mut Opening>) -> Result<Box<Socket>, OpenFailed> {
    match opening {
        // A task that died is as good as a connection that broke.
        Some(opening) => opening.await.unwrap_or(Err(OpenFailed::Lost)),
        None => pending().await,
    }
}

async fn late(retired: Option<&mut Retired>) -> Happened {
    let Some(Retired { socket, until }) = retired else { return pending().await };
    tokio::select! {
        incoming = socket.next() => Happened::Late(incoming),
        () = sleep_until(*until) => Happened::RetiredLongEnough,
    }
}

impl Link {
    async fn next(&mut self) -> Happened {
        match self {
            Self::None => pending().await,
            Self::Opening(opening) => Happened::Opened(opened(Some(opening)).await),
            Self::Open(socket) => Happened::Incoming(socket.next().await),
        }
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => pending().await,
    }
}
