//! Who may see whether somebody is there: decided by a call, told by sockets.

use aizuchi_core::{
    chat::{Caller, Ports},
    outcome::Refusal,
    relations::Audience,
};

use crate::{Gateway, Push, answers::Answers, decode::Echo};

impl<P: Ports, U: Push> Gateway<P, U> {
    /// Decides who may see whether the caller is there, and tells those who
    /// watch him what they may see from now on.
    ///
    /// # Errors
    /// Too often, or a port that failed.
    pub async fn set_audience(&self, caller: &Caller, audience: Audience) -> Result<(), Refusal> {
        self.chat().admit(&caller.user).await?;
        let outcome = self.chat().set_audience(caller, audience).await?;
        self.carry_out(caller, outcome, &Echo::default(), &mut Answers::Push).await;
        Ok(())
    }
}
