//! Whatever makes an entry, in two steps, so that a connection can have several
//! in flight: the first decides and hands the entry to the log, the second
//! waits until it is durable and says who is told. Nothing is acknowledged or
//! delivered before.

use std::{collections::HashMap, sync::Arc};

use crate::{
    chat::{Caller, Chat, Members, Ports},
    clock::Clock,
    error::PortError,
    ids::{ClientMsgId, ConversationId, Ids, MessageId, Seq, UserId},
    limiter::Allowance,
    links::LinkSecret,
    log::{Appended, Body, Emoji, Entry, LogStore, Message, NewEntry},
    notices::Unseen,
    outcome::{Event, Outcome, Recipient, Refusal},
    registry::{Connection, Level, Registry},
    room::{History, Membership, Role, Rule},
};

/// Something that is to become an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Append {
    /// The device's name for it; level 0 has none.
    pub client_msg_id: Option<ClientMsgId>,
    /// The device's clock, in ms since the epoch.
    pub sent_at: Option<i64>,
    /// What.
    pub what: What,
}

/// What is to become an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Something said.
    Message(super::send::Draft),
    /// A message is to read otherwise.
    Edit {
        /// Where.
        conversation: ConversationId,
        /// Which message.
        target: Seq,
        /// How.
        text: Arc<str>,
        /// Whom it mentions by now.
        mentions: Vec<UserId>,
    },
    /// A message is to be gone.
    Deletion {
        /// Where.
        conversation: ConversationId,
        /// Which message.
        target: Seq,
    },
    /// A reaction, or its end.
    Reaction {
        /// Where.
        conversation: ConversationId,
        /// To which message.
        target: Seq,
        /// With what.
        emoji: Emoji,
        /// Whether.
        on: bool,
    },
    /// A new room.
    NewRoom {
        /// What it is called.
        name: Arc<str>,
        /// How much newcomers see.
        history: History,
        /// Who else is in it.
        members: Vec<UserId>,
    },
    /// The caller comes into the room that a link leads to.
    Join(LinkSecret),
    /// A change of a room.
    Room {
        /// Which.
        room: ConversationId,
        /// What changes.
        change: RoomChange,
    },
}

/// A change of a room, as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoomChange {
    /// Others come in.
    Invite(Vec<UserId>),
    /// The caller goes.
    Leave,
    /// Somebody is put out.
    Remove(UserId),
    /// It is called otherwise.
    Rename(Arc<str>),
    /// Somebody gets a role.
    SetRole(UserId, Role),
}

/// What a handler decided to store.
pub(super) struct Decided {
    pub(super) body: Body,
    /// Who was in the conversation before.
    pub(super) members: Members,
}

/// An entry on its way into the log.
#[derive(Debug)]
pub struct Appending<A> {
    caller: Caller,
    entry: NewEntry,
    stage: Stage<A>,
}

#[derive(Debug)]
enum Stage<A> {
    /// It is being stored, and these are told then.
    Stored(A, Members),
    /// It was stored before, and is only acknowledged again.
    Known(Appended),
}

impl<P: Ports> Chat<P> {
    /// Decides on an entry and begins to store it.
    pub async fn append(
        &self,
        caller: &Caller,
        append: Append,
    ) -> Result<Appending<<P::Log as LogStore>::Appending>, Refusal> {
        self.allow(&caller.user, Allowance::Send).await?;
        let Append { client_msg_id, sent_at, what } = append;
        let joins = matches!(what, What::Join(_));
        let conversation = self.conversation_of(caller, &what, client_msg_id.as_ref()).await?;
        let decided = self.decide(caller, &conversation, client_msg_id.as_ref(), what).await;
        let (body, members) = match decided {
            Ok(Decided { body, members }) => (body, members),
            // What was right when it was first sent is acknowledged, whatever happened since.
            Err(refusal) => {
                let id = client_msg_id.as_ref().filter(|_| refusal.may_pass());
                let known = match id {
                    Some(id) => self.ports.log().sent(&conversation, &caller.user, id).await?,
                    None => None,
                };
                let known = match known {
                    None if joins => self.came(&caller.user, &conversation).await?,
                    known => known,
                };
                let Some(known) = known else { return Err(refusal) };
                let entry =
                    self.entry(caller, conversation, client_msg_id, sent_at, Body::text(""));
                return Ok(Appending { caller: caller.clone(), entry, stage: Stage::Known(known) });
            }
        };
        let entry = self.entry(caller, conversation, client_msg_id, sent_at, body);
        let appending = self.ports.log().append(entry.clone());
        Ok(Appending { caller: caller.clone(), entry, stage: Stage::Stored(appending, members) })
    }

    /// The conversation that it is for.
    async fn conversation_of(
        &self,
        caller: &Caller,
        what: &What,
        client_msg_id: Option<&ClientMsgId>,
    ) -> Result<ConversationId, Refusal> {
        match what {
            What::Message(draft) => draft.conversation(caller),
            What::Edit { conversation, .. }
            | What::Deletion { conversation, .. }
            | What::Reaction { conversation, .. } => Ok(conversation.clone()),
            What::Join(secret) => {
                self.allow(&caller.user, Allowance::Link).await?;
                Ok(self.link(*secret).await?.room)
            }
            What::Room { room, .. } => match room.direct_members() {
                None => Ok(room.clone()),
                Some(_) => Err(Refusal::Invalid("That is not an id of a room.")),
            },
            // Made of the device's name for it, so that a resend finds the same room.
            What::NewRoom { .. } => client_msg_id
                .map(|id| ConversationId::room(&caller.user, id))
                .ok_or(Refusal::Invalid("clientMsgId is missing.")),
        }
    }

    fn entry(
        &self,
        caller: &Caller,
        conversation: ConversationId,
        client_msg_id: Option<ClientMsgId>,
        sent_at: Option<i64>,
        body: Body,
    ) -> NewEntry {
        let now = self.ports.clock().now_ms();
        NewEntry {
            conversation,
            author: caller.user.clone(),
            client_msg_id,
            message_id: MessageId::new(now, self.ports.ids().random()),
            timestamp: now,
            sent_at,
            body,
        }
    }

    async fn decide(
        &self,
        caller: &Caller,
        conversation: &ConversationId,
        client_msg_id: Option<&ClientMsgId>,
        what: What,
    ) -> Result<Decided, Refusal> {
        match what {
            What::Message(draft) => self.say(caller, conversation, client_msg_id, draft).await,
            What::Edit { target, text, mentions, .. } => {
                self.edit(caller, conversation, target, text, mentions).await
            }
            What::Deletion { target, .. } => self.delete(caller, conversation, target).await,
            What::Reaction { target, emoji, on, .. } => {
                self.react(caller, conversation, target, emoji, on).await
            }
            What::NewRoom { name, history, members } => {
                self.create_room(caller, name, history, &members).await
            }
            What::Join(secret) => self.join(caller, secret).await,
            What::Room { change, .. } => self.change_room(caller, conversation, change).await,
        }
    }

    /// Waits until an entry is durable, and decides who is told.
    ///
    /// A duplicate is acknowledged and not delivered again: those who missed
    /// the first delivery have it by their next `SYNC`.
    pub async fn appended(
        &self,
        appending: Appending<<P::Log as LogStore>::Appending>,
    ) -> Result<Outcome, Refusal> {
        let Appending { caller, entry, stage } = appending;
        let (appended, members) = match stage {
            Stage::Stored(appending, members) => {
                let appended = match appending.await {
                    // Another device of his was faster.
                    Err(PortError::Refused(Rule::NoChange)) if joins(&entry.body) => {
                        let came = self.came(&caller.user, &entry.conversation).await?;
                        came.ok_or(Rule::NoChange)?
                    }
                    appended => appended?,
                };
                (appended, Some(members))
            }
            Stage::Known(appended) => (appended, None),
        };
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
        let Some(members) = members.filter(|_| !appended.duplicate) else { return Ok(outcome) };
        let users = told(&caller.user, &members, &entry.body);
        let connections = self.ports.registry().connections(&users).await?;
        if let Body::Message(message) = &entry.body {
            let unseen = unseen(&entry, message, appended.seq);
            outcome.unseen = Some(unseen.away_of(users.iter().copied(), &connections));
        }
        let partner = members.partner().cloned();
        let to = connections
            .into_iter()
            .filter(|other| other.id != caller.connection)
            .filter(|other| shows(other, &caller.user, partner.as_ref(), &entry.body))
            .map(Recipient::from)
            .collect();
        let conversation = entry.conversation.clone();
        let entry = Entry::new(entry, &appended);
        Ok(outcome.and_tell(to, Event::Entry { conversation, entry, to: partner }))
    }
}

fn joins(body: &Body) -> bool {
    matches!(body, Body::Membership(Membership::Joined { .. }))
}

/// The message for those who are not there, of whom nobody is known yet.
fn unseen(entry: &NewEntry, message: &Message, seq: Seq) -> Unseen {
    Unseen {
        conversation: entry.conversation.clone(),
        seq,
        author: entry.author.clone(),
        text: match message.attachments.first() {
            // What came without a word goes by its first file's name.
            Some(first) if message.text.is_empty() => Arc::clone(&first.name),
            _ => Arc::clone(&message.text),
        },
        mentioned: Arc::clone(&message.mentions),
        away: Vec::new(),
    }
}

/// Whom an entry concerns, the caller among them.
fn told<'a>(caller: &'a UserId, members: &'a Members, body: &'a Body) -> Vec<&'a UserId> {
    let room = match members {
        Members::Two { partner } => return vec![caller, partner],
        Members::Room(room) => room,
    };
    // Who sees what it changes: it may be from before he came.
    let target = body.target().unwrap_or(Seq::MAX);
    let sees = |user: &&UserId| room.sees_after(user).is_some_and(|after| after < target);
    let mut told: HashMap<&UserId, ()> =
        room.members.keys().filter(sees).map(|user| (user, ())).collect();
    told.insert(caller, ());
    if let Body::Membership(Membership::Created { members, .. } | Membership::Invited { members }) =
        body
    {
        told.extend(members.iter().map(|one| (&one.user, ())));
    }
    told.into_keys().collect()
}

/// Whether a connection shows an entry where it belongs. A level 0 page shows
/// whatever comes under the partner it has open, and knows messages alone.
fn shows(connection: &Connection, sender: &UserId, partner: Option<&UserId>, body: &Body) -> bool {
    match (connection.level, partner) {
        (Level::One, _) => true,
        (Level::Zero, None) => false,
        (Level::Zero, Some(partner)) => {
            let has_text = body.message().is_some_and(|message| !message.text.is_empty());
            let other = if connection.user == *sender { partner } else { sender };
            has_text && connection.partner.as_ref() == Some(other)
        }
    }
}
