//! What is done to messages and rooms.

use aizuchi_wire::Role;

/// What is done to a message or a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A message of one's own is to read otherwise.
    Edit {
        /// Where.
        conversation_id: String,
        /// Which.
        seq: u64,
        /// How.
        text: String,
    },
    /// A message is to be gone.
    Delete {
        /// Where.
        conversation_id: String,
        /// Which.
        seq: u64,
    },
    /// One reacts, or takes it back.
    React {
        /// Where.
        conversation_id: String,
        /// To which.
        seq: u64,
        /// With what.
        emoji: String,
        /// Whether.
        on: bool,
    },
    /// A new room, of oneself.
    Create {
        /// What it is called.
        name: String,
    },
    /// Into the room that a link leads to.
    Join {
        /// The link's secret.
        link: String,
    },
    /// Somebody comes into a room.
    Invite {
        /// Where.
        conversation_id: String,
        /// Who.
        sub: String,
    },
    /// One leaves a room.
    Leave {
        /// Which.
        conversation_id: String,
    },
    /// Somebody is put out of a room.
    Remove {
        /// Which.
        conversation_id: String,
        /// Who.
        sub: String,
    },
    /// A room is called otherwise.
    Rename {
        /// Which.
        conversation_id: String,
        /// How.
        name: String,
    },
    /// Somebody gets a role in a room.
    SetRole {
        /// Which.
        conversation_id: String,
        /// Who.
        sub: String,
        /// Which.
        role: Role,
    },
}
