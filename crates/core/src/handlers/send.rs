//! `SENDMSG`: says something.
//!
//! In two steps, so that a connection can have several messages in flight: the
//! first decides and hands the entry to the log, the second waits until it is
//! durable and says who is told. Nothing is acknowledged or delivered before.

use std::sync::Arc;

use crate::{
    chat::{Caller, Chat, Ports},
    clock::Clock,
    ids::{ClientMsgId, ConversationId, Ids, MessageId, Seq, UserId},
    limiter::Allowance,
    limits::MESSAGE_BYTES,
    log::{Body, Entry, LogStore, NewEntry},
    notices::Unseen,
    outcome::{Event, Outcome, Recipient, Refusal},
    registry::{Connection, Level, Registry},
};

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// To a person.
    Person(UserId),
    /// To a conversation.
    Conversation(ConversationId),
}

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Where it goes.
    pub to: Target,
    /// The text.
    pub text: Arc<str>,
    /// The device's name for it; level 0 has none.
    pub client_msg_id: Option<ClientMsgId>,
    /// The seq that it answers.
    pub reply_to: Option<Seq>,
    /// The device's clock, in ms since the epoch.
    pub sent_at: Option<i64>,
}

/// A message on its way into the log.
#[derive(Debug)]
pub struct Sending<A> {
    caller: Caller,
    partner: UserId,
    entry: NewEntry,
    appending: A,
}

impl<A> Sending<A> {
    /// The device's name for it.
    pub fn client_msg_id(&self) -> Option<&ClientMsgId> {
        self.entry.client_msg_id.as_ref()
    }

    /// The wait for the log, for a caller that polls it with others.
    pub fn appending(&mut self) -> &mut A {
        &mut self.appending
    }
}

impl<P: Ports> Chat<P> {
    /// Decides on a message and begins to store it.
    pub async fn send(
        &self,
        caller: &Caller,
        message: Message,
    ) -> Result<Sending<<P::Log as LogStore>::Appending>, Refusal> {
        self.allow(&caller.user, Allowance::Send).await?;
        check_text(&message.text)?;
        let (conversation, partner) = match message.to {
            Target::Person(partner) => {
                let conversation = ConversationId::direct(&caller.user, &partner)
                    .map_err(|_| Refusal::Invalid("You cannot write to yourself."))?;
                (conversation, partner)
            }
            Target::Conversation(conversation) => {
                let [a, b] = self.members(&caller.user, &conversation)?;
                (conversation, if a == caller.user { b } else { a })
            }
        };
        let addressee = self.ports.addressee(&partner).await?;
        let (_, standing) = addressee.ok_or(Refusal::NotFound("There is nobody with this id."))?;
        self.let_pass(&caller.user, &partner, standing).await?;
        let now = self.ports.clock().now_ms();
        let entry = NewEntry {
            conversation,
            author: caller.user.clone(),
            client_msg_id: message.client_msg_id,
            message_id: MessageId::new(now, self.ports.ids().random()),
            timestamp: now,
            sent_at: message.sent_at,
            body: Body::Message { text: message.text, reply_to: message.reply_to },
        };
        let appending = self.ports.log().append(entry.clone());
        Ok(Sending { caller: caller.clone(), partner, entry, appending })
    }

    /// Waits until a message is durable, and decides who is told.
    ///
    /// A duplicate is acknowledged and not delivered again: those who missed
    /// the first delivery have it by their next `SYNC`.
    pub async fn sent(
        &self,
        sending: Sending<<P::Log as LogStore>::Appending>,
    ) -> Result<Outcome, Refusal> {
        let Sending { caller, partner, entry, appending } = sending;
        let appended = appending.await?;
        let mut outcome = Outcome::default();
        if let (Level::One, Some(client_msg_id)) = (caller.level, entry.client_msg_id.clone()) {
            outcome.replies.push(Event::Ack {
                client_msg_id,
                conversation: entry.conversation.clone(),
                message_id: appended.message_id,
                seq: appended.seq,
                timestamp: appended.timestamp,
            });
        }
        if appended.duplicate {
            return Ok(outcome);
        }
        let connections = self.ports.registry().connections(&[&caller.user, &partner]).await?;
        outcome.unseen = Some(unseen(&entry, appended.seq).away_of([&partner], &connections));
        let to = connections
            .into_iter()
            .filter(|other| other.id != caller.connection && shows(other, &caller.user, &partner))
            .map(Recipient::from)
            .collect();
        let event = Event::Message {
            conversation: entry.conversation,
            entry: Entry {
                seq: appended.seq,
                message_id: appended.message_id,
                author: entry.author,
                client_msg_id: entry.client_msg_id,
                timestamp: appended.timestamp,
                sent_at: entry.sent_at,
                body: entry.body,
            },
            to: Some(partner),
        };
        Ok(outcome.and_tell(to, event))
    }
}

/// The message for those who are not there, of whom nobody is known yet.
fn unseen(entry: &NewEntry, seq: Seq) -> Unseen {
    let Body::Message { text, .. } = &entry.body;
    Unseen {
        conversation: entry.conversation.clone(),
        seq,
        author: entry.author.clone(),
        text: Arc::clone(text),
        mentioned: Arc::default(),
        away: Vec::new(),
    }
}

/// Whether a connection shows a message between these two where it belongs. A
/// level 0 page shows whatever comes under the partner it has open.
fn shows(connection: &Connection, sender: &UserId, partner: &UserId) -> bool {
    match connection.level {
        Level::One => true,
        Level::Zero => {
            let other = if connection.user == *sender { partner } else { sender };
            connection.partner.as_ref() == Some(other)
        }
    }
}

/// A text that every store keeps as it is.
pub(super) fn check_text(text: &str) -> Result<(), Refusal> {
    if text.is_empty() {
        return Err(Refusal::Invalid("A message needs a text."));
    }
    if text.len() > MESSAGE_BYTES {
        return Err(Refusal::TooLarge("The message is too long."));
    }
    if text.contains('\0') {
        return Err(Refusal::Invalid("A message cannot contain the character NUL."));
    }
    Ok(())
}
