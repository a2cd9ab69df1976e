use std::{collections::HashMap, fmt, sync::Arc};

use aizuchi_core::{
    chat::{Caller, Chat, Ports},
    handlers::append::Appending,
    ids::{ConversationId, Seq, UserId},
    log::{LogStore, Stamp},
    notices::Unseen,
    outcome::{Delivery, Event, Outcome, Recipient, Refusal},
    registry::Level,
};
use bytes::Bytes;

use crate::{
    Notify, Push, Request,
    answers::Answers,
    decode::{self, Action, Echo},
    encode,
    metrics::Metrics,
    notify::lost,
};

/// Decodes, asks the chat, encodes and pushes.
pub struct Gateway<P, U> {
    chat: Chat<P>,
    push: U,
    notify: Option<Arc<dyn Notify>>,
    metrics: Metrics,
}

impl<P: fmt::Debug, U: fmt::Debug> fmt::Debug for Gateway<P, U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway")
            .field("chat", &self.chat)
            .field("push", &self.push)
            .finish_non_exhaustive()
    }
}

/// An entry that was handed to the log; [`Gateway::finish`] answers it.
pub struct InFlight<P: Ports> {
    caller: Caller,
    echo: Echo,
    appending: Appending<<P::Log as LogStore>::Appending>,
}

impl<P: Ports, U: Push> Gateway<P, U> {
    /// A gateway between this chat and these connections.
    pub fn new(chat: Chat<P>, push: U) -> Self {
        Self { chat, push, notify: None, metrics: Metrics::default() }
    }

    /// The same, which has those told who are away.
    #[must_use]
    pub fn notifying(self, notify: Arc<dyn Notify>) -> Self {
        Self { notify: Some(notify), ..self }
    }

    /// The chat.
    pub fn chat(&self) -> &Chat<P> {
        &self.chat
    }

    /// The connections.
    pub fn connections(&self) -> &U {
        &self.push
    }

    /// The counters.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// A connection came up, of a caller whose token was verified. `partner` is
    /// whom a level 0 connection has open.
    pub async fn connect(&self, caller: &Caller, partner: Option<UserId>) -> Result<(), Refusal> {
        let outcome = self.chat.connected(caller, partner).await?;
        self.carry_out(caller, outcome, &Echo::default(), &mut Answers::Push).await;
        Ok(())
    }

    /// A connection is gone. What fails here is logged: nobody is left to be told.
    pub async fn disconnect(&self, caller: &Caller) {
        match self.chat.disconnected(caller).await {
            Ok(outcome) => {
                self.carry_out(caller, outcome, &Echo::default(), &mut Answers::Push).await;
            }
            Err(refusal) => log_failure(&refusal),
        }
    }

    /// A connection is heard of that was thought lost, its user's last. What
    /// fails here is logged: his watchers look again by themselves.
    pub async fn returned(&self, caller: &Caller) {
        match self.chat.returned(caller).await {
            Ok(outcome) => {
                self.carry_out(caller, outcome, &Echo::default(), &mut Answers::Push).await;
            }
            Err(refusal) => log_failure(&refusal),
        }
    }

    /// Reads a frame of a connection's.
    pub fn decode(&self, caller: &Caller, text: &str) -> Request {
        self.metrics.frames.add(1);
        decode::decode(caller, text)
    }

    /// Does what a request asks and answers it. An entry is only begun; its
    /// answer is [`Gateway::finish`]'s, so that a front may have several in flight.
    pub async fn handle(&self, caller: &Caller, request: Request) -> Option<InFlight<P>> {
        self.begin(caller, request, &mut Answers::Push).await
    }

    /// Waits until an entry is durable, then acknowledges and delivers it.
    pub async fn finish(&self, in_flight: InFlight<P>) {
        self.end(in_flight, &mut Answers::Push).await;
    }

    /// Does what a frame of a caller without a connection asks, and gives its
    /// answers. A `SYNC` may end before all was brought, with `more` in its last
    /// frame: its caller asks again, with the cursors that he has come to.
    pub async fn call(&self, caller: &Caller, text: &str) -> Vec<Bytes> {
        let request = self.decode(caller, text);
        let mut answers = Answers::Keep(Vec::new());
        if let Some(in_flight) = self.begin(caller, request, &mut answers).await {
            self.end(in_flight, &mut answers).await;
        }
        match answers {
            Answers::Keep(frames) => frames,
            Answers::Push => Vec::new(),
        }
    }

    /// What changed for a caller since a stamp, as one `SYNC` frame. Its stamp
    /// is how far it goes, also where there is more.
    ///
    /// # Errors
    /// Too often, or a port that failed.
    pub async fn changes(
        &self,
        caller: &Caller,
        since: Option<Stamp>,
    ) -> Result<(Bytes, Stamp, bool), Refusal> {
        self.chat.admit(&caller.user).await?;
        let (event, since, more) = self.chat.changes(caller, since).await?;
        Ok((encode::encode(&event, caller.level, None), since, more))
    }

    /// The stamp after all that happened so far.
    ///
    /// # Errors
    /// Too often, or a port that failed.
    pub async fn now(&self, caller: &Caller) -> Result<Stamp, Refusal> {
        self.chat.admit(&caller.user).await?;
        Ok(self.chat.ports().log().now().await?)
    }

    async fn begin(
        &self,
        caller: &Caller,
        request: Request,
        answers: &mut Answers,
    ) -> Option<InFlight<P>> {
        let Request { echo, action } = request;
        let outcome = match action {
            Ok(Action::Append(append)) => match self.chat.append(caller, append).await {
                Ok(appending) => return Some(InFlight { caller: caller.clone(), echo, appending }),
                Err(refusal) => Err(refusal),
            },
            other => match self.chat.admit(&caller.user).await.and(other) {
                Ok(action) => self.act(caller, action, &echo, answers).await,
                Err(refusal) => Err(refusal),
            },
        };
        self.answer(caller, outcome, &echo, answers).await;
        None
    }

    async fn end(&self, in_flight: InFlight<P>, answers: &mut Answers) {
        let InFlight { caller, echo, appending } = in_flight;
        let outcome = self.chat.appended(appending).await;
        if outcome.is_ok() {
            self.metrics.messages.add(1);
        }
        self.answer(&caller, outcome, &echo, answers).await;
    }

    async fn act(
        &self,
        caller: &Caller,
        action: Action,
        echo: &Echo,
        answers: &mut Answers,
    ) -> Result<Outcome, Refusal> {
        let chat = &self.chat;
        match action {
            Action::Ping => Ok(Outcome::reply(Event::Pong)),
            Action::Sync { since, cursors } => {
                self.sync(caller, since, cursors, echo, answers).await
            }
            Action::Status(partner) => chat.status(caller, partner).await,
            Action::History { conversation, span, limit } => {
                chat.history(caller, conversation, span, limit).await
            }
            Action::HistoryOfTwo(a, b) => chat.history_of_two(caller, &a, &b).await,
            Action::Greeting(text) => chat.greeting(caller, text).await,
            Action::Conversations { from, limit } => chat.conversations(caller, from, limit).await,
            Action::Search(asking) => chat.search(caller, asking).await,
            Action::Read { conversation, seq } => chat.read(caller, conversation, seq).await,
            Action::Typing { conversation, on } => chat.typing(caller, conversation, on).await,
            Action::Watch(watched) => chat.watch(caller, watched).await,
            Action::Block { user, on } => chat.block(caller, user, on).await,
            // `handle` took it, since it is answered in its own time.
            Action::Append(_) => Ok(Outcome::default()),
        }
    }

    async fn sync(
        &self,
        caller: &Caller,
        since: Option<Stamp>,
        cursors: HashMap<ConversationId, Seq>,
        echo: &Echo,
        answers: &mut Answers,
    ) -> Result<Outcome, Refusal> {
        let mut syncing = self.chat.sync(caller, since, cursors).await?;
        while let Some(event) = self.chat.sync_next(&mut syncing).await? {
            if let Answers::Push = answers {
                self.push.room(&caller.connection).await;
            }
            let frame = encode::encode(&event, caller.level, echo.request_id.as_deref());
            self.reply(caller, frame, answers).await;
            if answers.are_enough(&event) {
                break;
            }
        }
        Ok(Outcome::default())
    }

    async fn answer(
        &self,
        caller: &Caller,
        outcome: Result<Outcome, Refusal>,
        echo: &Echo,
        answers: &mut Answers,
    ) {
        match outcome {
            Ok(outcome) => self.carry_out(caller, outcome, echo, answers).await,
            Err(refusal) => {
                log_failure(&refusal);
                let (code, frame) = encode::refused(&refusal, echo);
                self.metrics.refusals(code).add(1);
                self.reply(caller, frame, answers).await;
            }
        }
    }

    pub(crate) async fn carry_out(
        &self,
        caller: &Caller,
        outcome: Outcome,
        echo: &Echo,
        answers: &mut Answers,
    ) {
        for event in &outcome.replies {
            let frame = encode::encode(event, caller.level, echo.request_id.as_deref());
            self.reply(caller, frame, answers).await;
        }
        match outcome.unseen {
            Some(unseen) if self.notify.is_some() => {
                self.deliver_and_notify(outcome.deliveries, unseen).await;
            }
            _ => {
                for delivery in outcome.deliveries {
                    self.deliver(delivery).await;
                }
            }
        }
        if matches!(answers, Answers::Keep(_)) {
            return;
        }
        // After all is told, so that many answers are not held up by it.
        for event in outcome.replies {
            if let Some(event) = self.presence_since(&event).await {
                self.settle(Delivery { to: vec![recipient(caller)], event }).await;
            }
        }
    }

    async fn presence_since(&self, told: &Event) -> Option<Event> {
        self.chat.presence_since(told).await.unwrap_or_else(|cause| {
            log_failure(&cause.into());
            None
        })
    }

    async fn reply(&self, caller: &Caller, frame: Bytes, answers: &mut Answers) {
        match answers {
            // A caller who is gone is unregistered by his front, which knows it first.
            Answers::Push => {
                self.push.push(frame, vec![recipient(caller)]).await;
            }
            Answers::Keep(frames) => frames.push(frame),
        }
    }

    /// Delivers a message, and has those told who are away or turn out to be.
    async fn deliver_and_notify(&self, deliveries: Vec<Delivery>, mut unseen: Unseen) {
        for delivery in deliveries {
            let told = delivery.to.clone();
            let gone = self.push_to(delivery).await;
            let lost = lost(&told, &gone).into_iter().filter(|user| *user != unseen.author);
            unseen.away.extend(lost);
        }
        if let Some(notify) = self.notify.as_ref().filter(|_| !unseen.away.is_empty()) {
            notify.notify(unseen).await;
        }
    }

    /// Delivers, and again for as long as somebody's presence changes meanwhile.
    async fn deliver(&self, delivery: Delivery) {
        let is_presence = matches!(delivery.event, Event::Presence { .. });
        if is_presence {
            self.settle(delivery).await;
        } else {
            self.push_to(delivery).await;
        }
    }

    async fn settle(&self, mut delivery: Delivery) {
        loop {
            self.push_to(delivery.clone()).await;
            match self.presence_since(&delivery.event).await {
                Some(event) => delivery.event = event,
                None => return,
            }
        }
    }

    /// Encodes an event once for each vocabulary that is spoken among its
    /// receivers. Answers with those who were gone.
    async fn push_to(&self, delivery: Delivery) -> Vec<Recipient> {
        let Delivery { to, event } = delivery;
        self.metrics.deliveries.add(to.len() as u64);
        let (one, zero): (Vec<_>, Vec<_>) = to.into_iter().partition(|to| to.level == Level::One);
        let mut all_gone = Vec::new();
        for (level, to) in [(Level::One, one), (Level::Zero, zero)] {
            if to.is_empty() {
                continue;
            }
            let gone = self.push.push(encode::encode(&event, level, None), to).await;
            if !gone.is_empty() {
                self.unregister(&gone).await;
                all_gone.extend(gone);
            }
        }
        all_gone
    }

    /// Unregisters connections that a push found gone. The watchers of those
    /// who thereby went offline are told; whoever of them is gone too is left
    /// to the push that finds him next.
    async fn unregister(&self, gone: &[Recipient]) {
        self.metrics.gone.add(gone.len() as u64);
        for Recipient { connection, user, level } in gone.iter().cloned() {
            let caller = Caller { connection, user, level, session: None };
            let outcome = self.chat.disconnected(&caller).await.unwrap_or_else(|refusal| {
                log_failure(&refusal);
                Outcome::default()
            });
            for Delivery { to, event } in outcome.deliveries {
                for recipient in to {
                    let frame = encode::encode(&event, recipient.level, None);
                    self.push.push(frame, vec![recipient]).await;
                }
            }
        }
    }
}

fn recipient(caller: &Caller) -> Recipient {
    Recipient {
        connection: caller.connection.clone(),
        user: caller.user.clone(),
        level: caller.level,
    }
}

/// Tells the operator of what the client hears only a sentence about.
fn log_failure(refusal: &Refusal) {
    if let Refusal::Port(error) = refusal {
        let cause = std::error::Error::source(error).map(ToString::to_string);
        tracing::error!(%error, cause, "a port failed");
    }
}
