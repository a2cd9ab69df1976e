//! `TYPING`: somebody types, or stopped. Told to the other members, never stored.

use crate::{
    chat::{Caller, Chat, Ports},
    ids::ConversationId,
    outcome::{Event, Outcome, Refusal},
};

impl<P: Ports> Chat<P> {
    /// Tells the other members, unless they are too many.
    pub async fn typing(
        &self,
        caller: &Caller,
        conversation: ConversationId,
        on: bool,
    ) -> Result<Outcome, Refusal> {
        let members = self.members(&caller.user, &conversation).await?;
        let to = self.level_one_near(caller, &members.told(&caller.user)).await?;
        let event = Event::Typing { conversation, user: caller.user.clone(), on };
        Ok(Outcome::default().and_tell(to, event))
    }
}
