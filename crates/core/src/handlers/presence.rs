//! Presence: connections that come and go, `STATUS` and `WATCH`.
//!
//! Whoever asks is a watcher before he is answered, and whoever answers looks
//! again afterwards, so that no change falls between the two.

use crate::{
    accounts::fold,
    chat::{Caller, Chat, Ports},
    clock::Clock,
    directory::{Directory, Profile},
    error::PortError,
    ids::UserId,
    limits::WATCHED,
    outcome::{Event, Outcome, Refusal},
    registry::{Connection, Presence, Registry},
};

impl<P: Ports> Chat<P> {
    /// Writes down whom a token names, unless he is known by this name already:
    /// people of an outside issuer are known from their first connection on. How
    /// he wrote it himself stays: some tokens have it in small letters only.
    pub async fn introduce(&self, profile: &Profile) -> Result<(), Refusal> {
        let known = self.ports.directory().by_id(&profile.user).await?;
        let name = fold(&profile.username);
        if known.is_none_or(|known| fold(&known.username) != name) {
            self.remember(profile).await?;
        }
        Ok(())
    }

    async fn remember(&self, profile: &Profile) -> Result<(), Refusal> {
        let directory = self.ports.directory();
        match directory.remember(profile).await {
            Err(PortError::Conflict) if directory.is_deleted(&profile.user).await? => {
                Err(Refusal::Forbidden("This account was deleted."))
            }
            // His name was that of somebody who is gone, for whom nobody is to take him.
            Err(PortError::Conflict) => {
                let username = profile.user.as_str().into();
                let unnamed = Profile { user: profile.user.clone(), username };
                Ok(directory.remember(&unnamed).await?)
            }
            remembered => Ok(remembered?),
        }
    }

    /// A connection came up; a level 0 one may watch its partner from the start.
    pub async fn connected(
        &self,
        caller: &Caller,
        partner: Option<UserId>,
    ) -> Result<Outcome, Refusal> {
        if let Some(partner) = &partner {
            self.allow_look_up(&caller.user, std::slice::from_ref(partner)).await?;
        }
        let connection = Connection {
            id: caller.connection.clone(),
            user: caller.user.clone(),
            level: caller.level,
            session: caller.session,
            partner,
        };
        let first = self.ports.registry().connect(&connection).await?;
        if !first {
            return Ok(Outcome::default());
        }
        self.tell_watchers(&caller.user, true, None).await
    }

    /// A connection is gone; its user's last, or one of several.
    pub async fn disconnected(&self, caller: &Caller) -> Result<Outcome, Refusal> {
        let now = self.ports.clock().now_ms();
        let Caller { connection, user, .. } = caller;
        if !self.ports.registry().disconnect(connection, user, now).await? {
            return Ok(Outcome::default());
        }
        self.tell_watchers(user, false, Some(now)).await
    }

    /// A person whose connections were all thought lost was heard of.
    pub async fn returned(&self, caller: &Caller) -> Result<Outcome, Refusal> {
        self.tell_watchers(&caller.user, true, None).await
    }

    /// Who the partner is and whether he is online; watches him from now on.
    pub async fn status(&self, caller: &Caller, partner: UserId) -> Result<Outcome, Refusal> {
        let person = self.ports.person(&partner).await?;
        let (profile, presence, standing) =
            person.ok_or(Refusal::NotFound("There is nobody with this id."))?;
        let watched = std::slice::from_ref(&partner);
        self.allow_look_up(&caller.user, watched).await?;
        let own = self.ports.watch(caller, watched).await?;
        // It may have changed before the watch began: whoever tells it looks again.
        let sees = self.sees((&caller.user, own), (&partner, standing)).await?;
        let presence = if sees { told(partner, presence) } else { Event::Hidden { user: partner } };
        let replies = vec![Event::Partner(profile), presence];
        Ok(Outcome { replies, ..Outcome::default() })
    }

    /// Replaces whom the connection watches, and answers with how each is now.
    /// Whoever does not exist is offline, like anybody who is not there.
    pub async fn watch(
        &self,
        caller: &Caller,
        mut watched: Vec<UserId>,
    ) -> Result<Outcome, Refusal> {
        if watched.len() > WATCHED {
            return Err(Refusal::Invalid("At most 50 people can be watched."));
        }
        watched.sort_unstable();
        watched.dedup();
        self.allow_look_up(&caller.user, &watched).await?;
        let live = &watched[..watched.len().min(self.policy.live_watches)];
        let own = self.ports.watch(caller, live).await?;
        let presences = self.ports.presences(&watched).await?;
        let mut replies = Vec::with_capacity(watched.len());
        for (user, (presence, standing)) in watched.into_iter().zip(presences) {
            let sees = self.sees((&caller.user, own), (&user, standing)).await?;
            replies.push(if sees { told(user, presence) } else { Event::Hidden { user } });
        }
        Ok(Outcome { replies, ..Outcome::default() })
    }

    /// What is to be told after this was, where it no longer holds.
    ///
    /// Two connections of a person may come and go on different threads, and
    /// what is told of the one may overtake what is told of the other. So
    /// whoever told somebody's presence looks again afterwards: the last word
    /// that anybody hears is then true.
    pub async fn presence_since(&self, told: &Event) -> Result<Option<Event>, PortError> {
        let Event::Presence { user, online, .. } = told else { return Ok(None) };
        let now = self.ports.registry().presence(std::slice::from_ref(user)).await?;
        let changed = now.into_iter().find(|now| now.online != *online);
        Ok(changed.map(|now| self::told(user.clone(), now)))
    }

    async fn tell_watchers(
        &self,
        user: &UserId,
        online: bool,
        last_seen: Option<u64>,
    ) -> Result<Outcome, Refusal> {
        let (standing, watchers) = self.ports.watchers(user).await?;
        // Boxed, like the look at a conversation: each is rare, and would make
        // every wait for a connection as large as itself.
        let to = Box::pin(self.who_see(user, standing, watchers)).await?;
        let event = Event::Presence { user: user.clone(), online, last_seen };
        Ok(Outcome::default().and_tell(to, event))
    }
}

pub(super) fn told(user: UserId, Presence { online, last_seen }: Presence) -> Event {
    Event::Presence { user, online, last_seen: last_seen.filter(|_| !online) }
}
