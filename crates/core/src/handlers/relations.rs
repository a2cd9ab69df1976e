//! `BLOCK` and `UNBLOCK`, who sees whether one is there, and reports.

use std::{collections::HashSet, sync::Arc};

use crate::{
    chat::{Caller, Chat, Ports},
    clock::Clock,
    directory::{Directory, Profile},
    error::PortError,
    ids::{ConversationId, Seq, UserId},
    limiter::Allowance,
    log::{LogStore, Summary},
    outcome::{Event, Outcome, Recipient, Refusal},
    registry::{Connection, Registry},
    relations::{Audience, REASON_CHARS, Relations, Report, Standing},
};

/// What somebody tells the operator about another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// About whom.
    pub about: UserId,
    /// The conversation that it is about, if it is about one.
    pub conversation: Option<ConversationId>,
    /// The place in it.
    pub seq: Option<Seq>,
    /// Why, in his words.
    pub reason: Arc<str>,
}

impl<P: Ports> Chat<P> {
    /// Blocks somebody, or takes it back. The caller's other devices follow, and
    /// whoever of the two watches the other sees him gone, or back.
    pub async fn block(
        &self,
        caller: &Caller,
        other: UserId,
        on: bool,
    ) -> Result<Outcome, Refusal> {
        if other == caller.user {
            return Err(Refusal::Invalid("You cannot block yourself."));
        }
        let directory = self.ports.directory();
        if on {
            if directory.by_id(&other).await?.is_none() {
                return Err(Refusal::NotFound("There is nobody with this id."));
            }
            directory.block(&caller.user, &other).await.map_err(|error| match error {
                PortError::Rejected(_) => Refusal::Invalid("At most 1,000 people can be blocked."),
                error => error.into(),
            })?;
        } else {
            directory.unblock(&caller.user, &other).await?;
        }
        let event = Event::Blocked { user: other.clone(), on };
        let devices = self.level_one(caller, &[&caller.user]).await?;
        let mut outcome = Outcome::reply(event.clone()).and_tell(devices, event);
        for (watched, watcher) in [(&caller.user, &other), (&other, &caller.user)] {
            let watchers = self.ports.registry().watchers(watched).await?;
            let open = watchers.into_iter().filter(|one| one.user == *watcher).collect();
            outcome = self.tell_anew(outcome, watched, open).await?;
        }
        Ok(outcome)
    }

    /// Whom the caller blocks, with their names.
    pub async fn blocked(&self, user: &UserId) -> Result<Vec<Profile>, Refusal> {
        let mut people = Vec::new();
        for blocked in self.ports.directory().blocked(user).await? {
            people.push(self.profile(&blocked).await?);
        }
        Ok(people)
    }

    /// Who may see whether this person is there.
    pub async fn audience(&self, user: &UserId) -> Result<Audience, Refusal> {
        Ok(self.stands(user).await?.audience)
    }

    /// Decides who may see whether the caller is there. Whoever watches him is
    /// told what he may see from now on.
    pub async fn set_audience(
        &self,
        caller: &Caller,
        audience: Audience,
    ) -> Result<Outcome, Refusal> {
        self.ports.directory().set_audience(&caller.user, audience).await?;
        let watchers = self.ports.registry().watchers(&caller.user).await?;
        self.tell_anew(Outcome::default(), &caller.user, watchers).await
    }

    /// Tells the operator about somebody.
    pub async fn report(&self, user: &UserId, complaint: Complaint) -> Result<Report, Refusal> {
        let Complaint { about, conversation, seq, reason } = complaint;
        if about == *user {
            return Err(Refusal::Invalid("You cannot report yourself."));
        }
        if reason.trim().is_empty() || reason.contains('\0') {
            return Err(Refusal::Invalid("A report needs a reason."));
        }
        if reason.chars().count() > REASON_CHARS {
            return Err(Refusal::TooLarge("The reason is longer than 500 characters."));
        }
        if let Some(conversation) = &conversation {
            self.members(user, conversation).await?;
        }
        if self.ports.directory().by_id(&about).await?.is_none() {
            return Err(Refusal::NotFound("There is nobody with this id."));
        }
        self.allow(user, Allowance::Report).await?;
        let at = self.ports.clock().now_ms();
        let report = Report { at, by: user.clone(), about, conversation, seq, reason };
        self.ports.directory().report(&report).await?;
        Ok(report)
    }

    /// Refuses what may not pass between two people.
    pub(crate) async fn let_pass(
        &self,
        user: &UserId,
        other: &UserId,
        standing: Standing,
    ) -> Result<(), Refusal> {
        if standing.apart && self.ports.directory().are_apart(user, other).await? {
            return Err(Refusal::Forbidden("Nothing passes between you and this person."));
        }
        Ok(())
    }

    /// Those of these people who are apart from somebody.
    pub(crate) async fn apart_from(
        &self,
        user: &UserId,
        others: Vec<UserId>,
    ) -> Result<HashSet<UserId>, PortError> {
        if others.is_empty() || !self.stands(user).await?.apart {
            return Ok(HashSet::new());
        }
        self.ports.directory().apart_from(user, &others).await
    }

    /// Takes out of what somebody sees how far those have read who are apart
    /// from him.
    pub(crate) async fn veil(
        &self,
        user: &UserId,
        summaries: &mut [Summary],
    ) -> Result<(), PortError> {
        let readers = summaries.iter().flat_map(|one| one.reads.iter().map(|(reader, _)| reader));
        let others: HashSet<&UserId> = readers.filter(|reader| *reader != user).collect();
        let apart = self.apart_from(user, others.into_iter().cloned().collect()).await?;
        for summary in summaries.iter_mut().filter(|_| !apart.is_empty()) {
            summary.reads.retain(|(reader, _)| !apart.contains(reader));
        }
        Ok(())
    }

    /// Whether the first may see whether the second is there.
    pub(crate) async fn sees(
        &self,
        (watcher, own): (&UserId, Standing),
        (person, standing): (&UserId, Standing),
    ) -> Result<bool, PortError> {
        if watcher == person {
            return Ok(true);
        }
        if own.audience == Audience::Nobody || standing.audience == Audience::Nobody {
            return Ok(false);
        }
        if own.apart && standing.apart && self.ports.directory().are_apart(watcher, person).await? {
            return Ok(false);
        }
        if standing.audience == Audience::Everybody {
            return Ok(true);
        }
        let Ok(conversation) = ConversationId::direct(watcher, person) else { return Ok(false) };
        Ok(Box::pin(self.ports.log().summary(&conversation, watcher)).await?.is_some())
    }

    /// Of those who watch somebody, those who may see whether he is there. None
    /// of them hides from everybody: [`Ports::watchers`] has left those out.
    pub(crate) async fn who_see(
        &self,
        watched: &UserId,
        standing: Standing,
        watchers: Vec<Connection>,
    ) -> Result<Vec<Recipient>, PortError> {
        let mut may = Vec::with_capacity(watchers.len());
        for watcher in watchers {
            // What he is apart from is what the other is apart from, too.
            let own = Standing { apart: standing.apart, ..Standing::default() };
            if self.sees((&watcher.user, own), (watched, standing)).await? {
                may.push(Recipient::from(watcher));
            }
        }
        Ok(may)
    }

    /// Tells these watchers whether somebody is there, as far as they may know.
    async fn tell_anew(
        &self,
        outcome: Outcome,
        watched: &UserId,
        watchers: Vec<Connection>,
    ) -> Result<Outcome, Refusal> {
        if watchers.is_empty() {
            return Ok(outcome);
        }
        let (mut may, mut may_not) = (Vec::new(), Vec::new());
        let standing = self.stands(watched).await?;
        for watcher in watchers {
            let own = self.stands(&watcher.user).await?;
            let sees = self.sees((&watcher.user, own), (watched, standing)).await?;
            if sees { may.push(watcher.into()) } else { may_not.push(watcher.into()) }
        }
        let of = std::slice::from_ref(watched);
        let presence = self.ports.registry().presence(of).await?.into_iter().next();
        let told = super::presence::told(watched.clone(), presence.unwrap_or_default());
        let outcome = outcome.and_tell(may, told);
        Ok(outcome.and_tell(may_not, Event::Hidden { user: watched.clone() }))
    }

    async fn stands(&self, user: &UserId) -> Result<Standing, PortError> {
        let all = self.ports.directory().standing(std::slice::from_ref(user)).await?;
        Ok(all.into_iter().next().unwrap_or_default())
    }
}
