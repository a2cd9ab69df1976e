//! A server without sockets, and the devices of its people.

mod log;
mod phone;
mod world;

pub(crate) use self::{
    log::{Fate, TestLog},
    phone::Phone,
    world::{TestPorts, World},
};

use aizuchi_core::ids::{ConversationId, UserId};

pub(crate) fn user(id: &str) -> UserId {
    UserId::parse(id).unwrap()
}

/// The id of the conversation of two people.
pub(crate) fn direct(a: &str, b: &str) -> String {
    ConversationId::direct(&user(a), &user(b)).unwrap().to_string()
}
