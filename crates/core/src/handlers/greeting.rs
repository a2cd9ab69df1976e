//! `GREETING`: something said to every level 0 connection, where the operator allows it.

use std::sync::Arc;

use crate::{
    chat::{Caller, Chat, Ports},
    limiter::Allowance,
    outcome::{Event, Outcome, Recipient, Refusal},
    registry::Registry,
};

impl<P: Ports> Chat<P> {
    /// Tells every other level 0 connection.
    pub async fn greeting(&self, caller: &Caller, text: Arc<str>) -> Result<Outcome, Refusal> {
        if !self.policy.broadcasts {
            return Err(Refusal::Forbidden("Greetings are turned off on this server."));
        }
        super::send::check_text(&text)?;
        self.allow(&caller.user, Allowance::Greeting).await?;
        let connections = self.ports.registry().level_zero().await?;
        let to = connections
            .into_iter()
            .filter(|other| other.id != caller.connection)
            .map(Recipient::from)
            .collect();
        Ok(Outcome::default().and_tell(to, Event::Greeting { text }))
    }
}
