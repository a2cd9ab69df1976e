//! Sessions: they begin, are refreshed with rotating tokens, and end.

use std::{sync::Arc, time::Duration};

use aizuchi_core::{
    accounts::{Accounts, FamilyId, Rotation, Session, SessionId, UsedToken, User, Whereabouts},
    ids::UserId,
};

use super::{Pool, PoolError};
use crate::{
    limits::{REFRESHES_IN_REPLAY, REPLAY_MS, SESSIONS_A_USER},
    secret::{RefreshToken, random, random_id},
    settings::ms,
    tokens::Subject,
};

/// How often a use of a refresh token is tried again after losing a race. One
/// loser finds itself among the used tokens; the rest is for a store's whims.
const TRIES: usize = 3;

/// What a client gets.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Whose.
    pub user: UserId,
    /// His name.
    pub username: Arc<str>,
    /// For which client.
    pub client: Arc<str>,
    /// The session.
    pub session: SessionId,
    /// Signed, without `=`.
    pub access_token: String,
    /// How long the access token lives.
    pub expires_in: Duration,
    /// Good for one use; `None` in the implicit flow. Without `=`.
    pub refresh_token: Option<String>,
}

impl Grant {
    fn subject(&self) -> Subject<'_> {
        Subject {
            user: &self.user,
            username: &self.username,
            client: &self.client,
            session: self.session,
        }
    }
}

/// What a refresh token that somebody brought turns out to be.
enum Use {
    /// The one that is good now.
    Current,
    /// Used within the last [`REPLAY_MS`], with this salt.
    Replayed([u8; 32]),
    /// Used up: somebody else holds a copy.
    Reused,
}

impl<A: Accounts> Pool<A> {
    /// Begins a session that can be refreshed.
    pub async fn begin(
        &self,
        user: &User,
        client: &str,
        from: Whereabouts,
    ) -> Result<Grant, PoolError> {
        let token = RefreshToken::new(FamilyId(random_id()));
        let session = self.store_session(user, client, from, &token, self.refresh_ms()).await?;
        self.grant(user, &session, Some(&token), self.settings.lifetimes.access)
    }

    /// Begins a session that lives as long as its one access token.
    pub async fn begin_implicit(
        &self,
        user: &User,
        client: &str,
        from: Whereabouts,
    ) -> Result<Grant, PoolError> {
        let lifetime = self.settings.lifetimes.implicit();
        let unknown = RefreshToken::new(FamilyId(random_id()));
        let session = self.store_session(user, client, from, &unknown, ms(lifetime)).await?;
        self.grant(user, &session, None, lifetime)
    }

    /// Stores a session of this family that lives for `lifetime` ms.
    pub(super) async fn store_session(
        &self,
        user: &User,
        client: &str,
        from: Whereabouts,
        token: &RefreshToken,
        lifetime: u64,
    ) -> Result<Session, PoolError> {
        let now = self.clock.now_ms();
        let session = Session {
            id: SessionId(random_id()),
            user: user.id.clone(),
            client: client.into(),
            family: token.family,
            current: token.hash(),
            used: Vec::new(),
            from,
            created_at: now,
            last_used_at: now,
            expires_at: now.saturating_add(lifetime),
            ended_at: None,
        };
        let ended = self.accounts.add_session(&session, SESSIONS_A_USER).await?;
        self.tell_ended(&user.id, &ended.ok_or(PoolError::Disabled)?, now).await;
        Ok(session)
    }

    /// Uses a refresh token of `client`. A replay within [`REPLAY_MS`] has the
    /// same successor; a later one ends the session.
    pub async fn refresh(
        &self,
        token: &str,
        client: &str,
        from: Whereabouts,
    ) -> Result<Grant, PoolError> {
        let token = RefreshToken::parse(token).ok_or(PoolError::SessionOver)?;
        for _ in 0..TRIES {
            let now = self.clock.now_ms();
            let session = self.accounts.session_of(token.family).await?;
            let session = session
                .filter(|session| *session.client == *client && is_live(session, now))
                .ok_or(PoolError::SessionOver)?;
            let successor = match usage(&session, &token, now) {
                Use::Current => match self.rotate(&session, &token, &from, now).await? {
                    Some(successor) => successor,
                    None => continue,
                },
                Use::Replayed(salt) => token.successor(&salt),
                Use::Reused => {
                    tracing::warn!(user = %session.user, "a used refresh token came again: its session is ended");
                    self.end(&session).await?;
                    return Err(PoolError::SessionOver);
                }
            };
            let user = self.accounts.user(&session.user).await?.ok_or(PoolError::SessionOver)?;
            return self.grant(&user, &session, Some(&successor), self.settings.lifetimes.access);
        }
        Err(PoolError::TooOften { retry_after_ms: 1_000 })
    }

    /// Replaces the current token; `None` where another use came first.
    async fn rotate(
        &self,
        session: &Session,
        token: &RefreshToken,
        from: &Whereabouts,
        now: u64,
    ) -> Result<Option<RefreshToken>, PoolError> {
        let mut used = session.used.clone();
        used.retain(|earlier| is_replayable(earlier, now));
        if used.len() >= REFRESHES_IN_REPLAY {
            return Err(PoolError::TooOften { retry_after_ms: REPLAY_MS });
        }
        let salt = random();
        used.push(UsedToken { hash: token.hash(), salt, used_at: now });
        let successor = token.successor(&salt);
        let rotation = Rotation {
            current: successor.hash(),
            used,
            from: from.clone(),
            last_used_at: now,
            expires_at: now.saturating_add(self.refresh_ms()),
        };
        let rotated = self.accounts.rotate(session.id, session.current, &rotation).await?;
        Ok(rotated.then_some(successor))
    }

    /// Ends the session of a refresh token, used or not; nothing where there is none.
    pub async fn sign_out(&self, token: &str) -> Result<(), PoolError> {
        let Some(token) = RefreshToken::parse(token) else { return Ok(()) };
        match self.accounts.session_of(token.family).await? {
            Some(session) => self.end(&session).await,
            None => Ok(()),
        }
    }

    /// Ends a session by its id; nothing where there is none.
    pub async fn end_session(&self, id: SessionId) -> Result<(), PoolError> {
        match self.accounts.session(id).await? {
            Some(session) => self.end(&session).await,
            None => Ok(()),
        }
    }

    /// A person's sessions that live, the one used last first.
    pub async fn sessions(&self, user: &UserId) -> Result<Vec<Session>, PoolError> {
        Ok(self.accounts.sessions(user, self.clock.now_ms()).await?)
    }

    /// Ends a session of this person's. False where it is none of his that lives.
    pub async fn end_own(&self, user: &UserId, id: SessionId) -> Result<bool, PoolError> {
        let now = self.clock.now_ms();
        let session = self.accounts.session(id).await?;
        let Some(session) = session.filter(|one| one.user == *user && is_live(one, now)) else {
            return Ok(false);
        };
        self.end(&session).await?;
        Ok(true)
    }

    /// Ends a person's sessions but `keep`.
    pub async fn end_others(
        &self,
        user: &UserId,
        keep: Option<SessionId>,
    ) -> Result<(), PoolError> {
        for session in self.sessions(user).await? {
            if Some(session.id) != keep {
                self.end(&session).await?;
            }
        }
        Ok(())
    }

    pub(super) async fn end(&self, session: &Session) -> Result<(), PoolError> {
        let now = self.clock.now_ms();
        if self.accounts.end_session(session.id, now).await? {
            self.tell_ended(&session.user, &[session.id], now).await;
        }
        Ok(())
    }

    pub(super) fn grant(
        &self,
        user: &User,
        session: &Session,
        refresh: Option<&RefreshToken>,
        lifetime: Duration,
    ) -> Result<Grant, PoolError> {
        let mut grant = Grant {
            user: user.id.clone(),
            username: Arc::clone(user.username.shown()),
            client: Arc::clone(&session.client),
            session: session.id,
            access_token: String::new(),
            expires_in: lifetime,
            refresh_token: refresh.map(RefreshToken::encode),
        };
        grant.access_token = self.issuer.access(grant.subject(), self.clock.now_ms(), lifetime)?;
        Ok(grant)
    }

    /// The id token that goes with a grant.
    pub fn id_token(&self, grant: &Grant, nonce: Option<&str>) -> Result<String, PoolError> {
        let now = self.clock.now_ms();
        let (subject, access) = (grant.subject(), &grant.access_token);
        Ok(self.issuer.id(subject, access, nonce, now, grant.expires_in)?)
    }

    pub(super) fn refresh_ms(&self) -> u64 {
        ms(self.settings.lifetimes.refresh)
    }
}

pub(super) fn is_live(session: &Session, now: u64) -> bool {
    session.ended_at.is_none() && now < session.expires_at
}

fn is_replayable(used: &UsedToken, now: u64) -> bool {
    now <= used.used_at.saturating_add(REPLAY_MS)
}

/// Whoever knows the family held one of its tokens; so one that is neither the
/// current nor replayable has been used before.
fn usage(session: &Session, token: &RefreshToken, now: u64) -> Use {
    let hash = token.hash();
    if hash == session.current {
        return Use::Current;
    }
    let replayed = session.used.iter().find(|used| used.hash == hash && is_replayable(used, now));
    replayed.map_or(Use::Reused, |used| Use::Replayed(used.salt))
}
