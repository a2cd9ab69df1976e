//! Signing up, proving who one is, passwords, and what an administrator does.

use aizuchi_core::{
    accounts::{Accounts, SessionId, User, Username, fold},
    error::PortError,
    ids::UserId,
};

use super::{Pool, PoolError};
use crate::{
    password::{NO_PASSWORD, Password},
    secret::uuid,
};

impl<A: Accounts> Pool<A> {
    /// Adds a person.
    pub async fn add_user(&self, name: &str, password: &str) -> Result<User, PoolError> {
        let username = Username::parse(name)?;
        let password = Password::choose(password, &username)?;
        // Asked before hashing, which is dear; the store decides all the same.
        if self.accounts.user_named(username.folded()).await?.is_some() {
            return Err(PoolError::NameTaken);
        }
        let hash = self.hasher.hash(password).await?;
        let user = User {
            id: new_user_id(),
            username,
            password_hash: hash.into(),
            created_at: self.clock.now_ms(),
            disabled_at: None,
        };
        match self.accounts.add_user(&user).await {
            Ok(()) => Ok(user),
            Err(PortError::Conflict) => Err(PoolError::NameTaken),
            Err(error) => Err(error.into()),
        }
    }

    /// Adds somebody who has no password, and so signs in nowhere: a bot.
    pub async fn add_bot(&self, name: &str) -> Result<User, PoolError> {
        let user = User {
            id: new_user_id(),
            username: Username::parse(name)?,
            password_hash: NO_PASSWORD.into(),
            created_at: self.clock.now_ms(),
            disabled_at: None,
        };
        match self.accounts.add_user(&user).await {
            Ok(()) => Ok(user),
            Err(PortError::Conflict) => Err(PoolError::NameTaken),
            Err(error) => Err(error.into()),
        }
    }

    /// Whoever has this name and this password. An unknown name takes as long
    /// as a wrong password.
    pub async fn authenticate(&self, name: &str, password: &str) -> Result<User, PoolError> {
        let user = match Username::parse(name) {
            Ok(username) => self.accounts.user_named(username.folded()).await?,
            Err(_) => None,
        };
        let password = Password::typed(password).ok_or(PoolError::WrongCredentials)?;
        let hash = user.as_ref().map(|user| user.password_hash.clone());
        let right = self.hasher.verify(password, hash).await?;
        match user {
            Some(user) if right && user.disabled_at.is_none() => Ok(user),
            Some(_) if right => Err(PoolError::Disabled),
            _ => Err(PoolError::WrongCredentials),
        }
    }

    /// The person with this id.
    pub async fn user(&self, id: &UserId) -> Result<User, PoolError> {
        self.accounts.user(id).await?.ok_or(PoolError::NobodyNamed)
    }

    /// At most `limit` people whose name comes after `after`, by folded name.
    pub async fn users(&self, after: Option<&str>, limit: usize) -> Result<Vec<User>, PoolError> {
        let after = after.map(fold);
        Ok(self.accounts.users(after.as_deref(), limit).await?)
    }

    /// Changes a person's password from `current` to `next`, and ends his
    /// sessions but `session`, the one that asks.
    pub async fn change_password(
        &self,
        user: &UserId,
        session: Option<SessionId>,
        current: &str,
        next: &str,
    ) -> Result<(), PoolError> {
        let user = self.user(user).await?;
        let next = Password::choose(next, &user.username)?;
        self.authenticate(user.username.shown(), current).await?;
        self.store_password(&user, next, session).await
    }

    /// Gives the person with this name a new password, and ends his sessions.
    pub async fn reset_password(&self, name: &str, next: &str) -> Result<(), PoolError> {
        let user = self.named(name).await?;
        let next = Password::choose(next, &user.username)?;
        self.store_password(&user, next, None).await
    }

    async fn store_password(
        &self,
        user: &User,
        next: Password,
        keep: Option<SessionId>,
    ) -> Result<(), PoolError> {
        let hash = self.hasher.hash(next).await?;
        let at = self.clock.now_ms();
        let ended = self.accounts.set_password(&user.id, &hash, keep, at).await?;
        self.tell_ended(&user.id, &ended.ok_or(PoolError::NobodyNamed)?, at).await;
        Ok(())
    }

    /// Keeps the person with this name from signing in, and ends his sessions.
    pub async fn disable(&self, name: &str) -> Result<(), PoolError> {
        let user = self.named(name).await?;
        let at = self.clock.now_ms();
        let ended = self.accounts.disable(&user.id, at).await?;
        self.tell_ended(&user.id, &ended.ok_or(PoolError::NobodyNamed)?, at).await;
        self.events.ended(&user.id, None).await;
        Ok(())
    }

    /// Deletes a person who says his password again, for good.
    pub async fn leave(&self, user: &UserId, password: &str) -> Result<(), PoolError> {
        let user = self.user(user).await?;
        self.authenticate(user.username.shown(), password).await?;
        self.delete_user(&user).await
    }

    /// Deletes the person with this name for good. What he said stays; nobody
    /// gets his name again.
    pub async fn delete(&self, name: &str) -> Result<(), PoolError> {
        let user = self.named(name).await?;
        self.delete_user(&user).await
    }

    async fn delete_user(&self, user: &User) -> Result<(), PoolError> {
        let at = self.clock.now_ms();
        let ended = self.accounts.delete(&user.id, at).await?;
        self.tell_ended(&user.id, &ended.ok_or(PoolError::NobodyNamed)?, at).await;
        self.events.ended(&user.id, None).await;
        Ok(())
    }

    /// Lets the person with this name sign in again.
    pub async fn enable(&self, name: &str) -> Result<(), PoolError> {
        let user = self.named(name).await?;
        if self.accounts.enable(&user.id).await? { Ok(()) } else { Err(PoolError::NobodyNamed) }
    }

    async fn named(&self, name: &str) -> Result<User, PoolError> {
        let found = self.accounts.user_named(&fold(name)).await?;
        found.ok_or(PoolError::NobodyNamed)
    }
}

pub(crate) fn new_user_id() -> UserId {
    #[expect(clippy::expect_used, reason = "a UUID is a valid id")]
    UserId::parse(&uuid()).expect("36 plain characters")
}
