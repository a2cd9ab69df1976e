//! `READ`: moves one's read cursor.

use crate::{
    chat::{Caller, Chat, Ports},
    ids::{ConversationId, Seq, UserId},
    log::LogStore,
    outcome::{Event, Outcome, Recipient, Refusal},
    registry::{Connection, Level, Registry},
};

impl<P: Ports> Chat<P> {
    /// Moves the caller's read cursor forward. If it moved, his other devices
    /// are told, and the other members unless they are too many.
    pub async fn read(
        &self,
        caller: &Caller,
        conversation: ConversationId,
        seq: Seq,
    ) -> Result<Outcome, Refusal> {
        let members = self.members(&caller.user, &conversation).await?;
        let cursor = self.ports.log().read(&conversation, &caller.user, seq).await?;
        let event = Event::Read { conversation, reader: caller.user.clone(), seq: cursor.seq };
        let outcome = Outcome::reply(event.clone());
        if !cursor.moved {
            return Ok(outcome);
        }
        let mut told = members.told(&caller.user);
        told.push(&caller.user);
        let to = self.level_one_near(caller, &told).await?;
        Ok(outcome.and_tell(to, event))
    }

    /// The level 1 connections of these users but the caller's own.
    pub(crate) async fn level_one(
        &self,
        caller: &Caller,
        users: &[&UserId],
    ) -> Result<Vec<Recipient>, Refusal> {
        let connections = self.ports.registry().connections(users).await?;
        Ok(others_of_level_one(caller, connections))
    }

    /// The same, but for users whom the caller blocks or who block him.
    pub(crate) async fn level_one_near(
        &self,
        caller: &Caller,
        users: &[&UserId],
    ) -> Result<Vec<Recipient>, Refusal> {
        let connections = self.ports.connections_near(&caller.user, users).await?;
        Ok(others_of_level_one(caller, connections))
    }
}

fn others_of_level_one(caller: &Caller, connections: Vec<Connection>) -> Vec<Recipient> {
    connections
        .into_iter()
        .filter(|other| other.level == Level::One && other.id != caller.connection)
        .map(Recipient::from)
        .collect()
}
