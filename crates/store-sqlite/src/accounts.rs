//! The account store: people, sessions, codes and signing keys.

mod bots;
mod codes;
mod rows;
mod sessions;
mod users;
mod visits;

use aizuchi_core::{
    accounts::{
        Accounts, AuthorizationCode, EndedSession, FamilyId, Rotation, Session, SessionId,
        SigningKey, TakenCode, TokenHash, User,
    },
    error::PortError,
    ids::UserId,
};

use crate::{database::Database, people};

/// Rows that one step of forgetting deletes, so that nobody else's write waits long.
const FORGOTTEN_AT_ONCE: usize = 500;

impl Accounts for Database {
    async fn add_user(&self, user: &User) -> Result<(), PortError> {
        let user = user.clone();
        self.write(move |db| users::add(db, &user)).await
    }

    async fn user(&self, id: &UserId) -> Result<Option<User>, PortError> {
        let id = id.clone();
        self.query(move |db| users::by_id(db, &id)).await
    }

    async fn user_named(&self, folded: &str) -> Result<Option<User>, PortError> {
        let folded = folded.to_owned();
        self.query(move |db| users::by_name(db, &folded)).await
    }

    async fn users(&self, after: Option<&str>, limit: usize) -> Result<Vec<User>, PortError> {
        let after = after.map(str::to_owned);
        self.query(move |db| users::page(db, after.as_deref(), limit)).await
    }

    async fn set_password(
        &self,
        user: &UserId,
        hash: &str,
        keep: Option<SessionId>,
        at: u64,
    ) -> Result<Option<Vec<SessionId>>, PortError> {
        let (user, hash) = (user.clone(), hash.to_owned());
        let job = move |db: &_| {
            if !users::set_password(db, &user, &hash)? {
                return Ok(None);
            }
            let mut live = sessions::live(db, &user)?;
            live.retain(|id| Some(*id) != keep);
            sessions::end_all(db, &live, at).map(|()| Some(live))
        };
        self.write(job).await
    }

    async fn disable(&self, user: &UserId, at: u64) -> Result<Option<Vec<SessionId>>, PortError> {
        let user = user.clone();
        let job = move |db: &_| {
            if !users::disable(db, &user, at)? {
                return Ok(None);
            }
            let live = sessions::live(db, &user)?;
            sessions::end_all(db, &live, at).map(|()| Some(live))
        };
        self.write(job).await
    }

    async fn enable(&self, user: &UserId) -> Result<bool, PortError> {
        let user = user.clone();
        self.write(move |db| users::enable(db, &user)).await
    }

    async fn delete(&self, user: &UserId, at: u64) -> Result<Option<Vec<SessionId>>, PortError> {
        let id = user.clone();
        let job = move |db: &_| {
            if !users::delete(db, &id, at)? {
                return Ok(None);
            }
            people::delete(db, &id, at)?;
            let live = sessions::live(db, &id)?;
            sessions::end_all(db, &live, at).map(|()| Some(live))
        };
        let ended = self.write(job).await?;
        self.profiles().pop(user);
        Ok(ended)
    }

    /// And forgets what it remembers of them: another process may have deleted them.
    async fn deleted_since(&self, at: u64) -> Result<Vec<UserId>, PortError> {
        let deleted = self.query(move |db| users::deleted_since(db, at)).await?;
        let mut profiles = self.profiles();
        for user in &deleted {
            profiles.pop(user);
        }
        Ok(deleted)
    }

    async fn add_session(
        &self,
        session: &Session,
        most: usize,
    ) -> Result<Option<Vec<SessionId>>, PortError> {
        let session = session.clone();
        let job = move |db: &_| {
            let user = users::by_id(db, &session.user)?;
            if user.is_none_or(|user| user.disabled_at.is_some()) {
                return Ok(None);
            }
            let mut over = sessions::live(db, &session.user)?;
            over.truncate((over.len() + 1).saturating_sub(most));
            sessions::end_all(db, &over, session.created_at)?;
            sessions::add(db, &session).map(|()| Some(over))
        };
        self.write(job).await
    }

    async fn session(&self, id: SessionId) -> Result<Option<Session>, PortError> {
        self.query(move |db| sessions::by_id(db, id)).await
    }

    async fn sessions(&self, user: &UserId, now: u64) -> Result<Vec<Session>, PortError> {
        let user = user.clone();
        self.query(move |db| sessions::of(db, &user, now)).await
    }

    async fn session_of(&self, family: FamilyId) -> Result<Option<Session>, PortError> {
        self.query(move |db| sessions::by_family(db, family)).await
    }

    async fn rotate(
        &self,
        id: SessionId,
        from: TokenHash,
        to: &Rotation,
    ) -> Result<bool, PortError> {
        let to = to.clone();
        self.write(move |db| sessions::rotate(db, id, from, &to)).await
    }

    async fn end_session(&self, id: SessionId, at: u64) -> Result<bool, PortError> {
        self.write(move |db| sessions::end(db, id, at)).await
    }

    async fn add_code(&self, code: &AuthorizationCode) -> Result<(), PortError> {
        let code = code.clone();
        self.write(move |db| codes::add(db, &code)).await
    }

    async fn take_code(&self, hash: TokenHash) -> Result<Option<TakenCode>, PortError> {
        self.write(move |db| codes::take(db, hash)).await
    }

    async fn add_signing_key(&self, key: &SigningKey) -> Result<(), PortError> {
        let key = key.clone();
        self.write(move |db| codes::add_key(db, &key)).await
    }

    async fn signing_keys(&self) -> Result<Vec<SigningKey>, PortError> {
        self.query(codes::keys).await
    }

    async fn ended_since(&self, at: u64) -> Result<Vec<EndedSession>, PortError> {
        self.query(move |db| sessions::ended_since(db, at)).await
    }

    async fn forget(&self, before: u64) -> Result<(), PortError> {
        loop {
            let job = move |db: &_| {
                let sessions = sessions::forget(db, before, FORGOTTEN_AT_ONCE)?;
                Ok(sessions.max(codes::forget(db, before, FORGOTTEN_AT_ONCE)?))
            };
            if self.write(job).await? < FORGOTTEN_AT_ONCE {
                return Ok(());
            }
        }
    }
}
