//! Webhooks: where a bot's back end hears of entries, and how far it has heard,
//! as a port.
//!
//! Laws, each a test of the conformance suite:
//!
//! 1. A bot has one webhook. Another takes its place, and goes on where it was.
//! 2. Places only grow, and are forgotten with the webhook.
//! 3. What is noted of a webhook that was replaced meanwhile changes nothing.

use std::{fmt, future::Future, sync::Arc};

use crate::{
    error::PortError,
    ids::{ConversationId, Seq, UserId},
    log::Stamp,
};

/// Longest URL of a webhook, in bytes.
pub const HOOK_URL_BYTES: usize = 2 * 1024;

/// What a webhook's requests are signed with: 256 random bits. Kept as they are,
/// since who signs needs them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HookSecret(pub [u8; 32]);

impl fmt::Debug for HookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HookSecret(…)")
    }
}

/// Where a bot's back end hears of entries.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Whose.
    pub user: UserId,
    /// Where. A secret, since whoever knows it may post there.
    pub url: Arc<str>,
    /// What its requests are signed with.
    pub secret: HookSecret,
    /// When it was set, in ms since the epoch. Tells it from one that it replaced.
    pub set_at: u64,
    /// How it goes.
    pub state: HookState,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("user", &self.user)
            .field("set_at", &self.set_at)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// How a webhook goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HookState {
    /// Nothing that it was sent is refused.
    #[default]
    Well,
    /// An entry has been refused since then, in ms since the epoch.
    FailingSince(u64),
    /// It was given up then, in ms since the epoch.
    DisabledAt(u64),
}

/// Where webhooks are kept.
pub trait Hooks: Send + Sync + 'static {
    /// Sets a bot's webhook.
    fn set_hook(&self, hook: &Webhook) -> impl Future<Output = Result<(), PortError>> + Send;

    /// Removes it, and how far it has heard. False where there is none.
    fn remove_hook(&self, user: &UserId) -> impl Future<Output = Result<bool, PortError>> + Send;

    /// All of them, by their bots' ids.
    fn hooks(&self) -> impl Future<Output = Result<Vec<Webhook>, PortError>> + Send;

    /// Notes how a webhook goes, if it is the one that was set then.
    fn note_hook(
        &self,
        user: &UserId,
        set_at: u64,
        state: HookState,
    ) -> impl Future<Output = Result<(), PortError>> + Send;

    /// Up to which change of its bot's conversations it has heard all; `None`
    /// where it never heard any.
    fn heard(&self, user: &UserId)
    -> impl Future<Output = Result<Option<Stamp>, PortError>> + Send;

    /// Notes that it has heard all up to a change. Nothing happens where there
    /// is no webhook any more.
    fn hear(
        &self,
        user: &UserId,
        stamp: Stamp,
    ) -> impl Future<Output = Result<(), PortError>> + Send;

    /// Up to which entry of a conversation it has heard; 0 where it never did.
    fn heard_of(
        &self,
        user: &UserId,
        conversation: &ConversationId,
    ) -> impl Future<Output = Result<Seq, PortError>> + Send;

    /// Notes that it has heard all entries of a conversation up to a place.
    /// Nothing happens where there is no webhook any more.
    fn hear_of(
        &self,
        user: &UserId,
        conversation: &ConversationId,
        seq: Seq,
    ) -> impl Future<Output = Result<(), PortError>> + Send;
}
