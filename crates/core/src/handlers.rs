//! One handler an action.

pub mod append;
pub mod change;
pub mod conversations;
pub mod export;
pub mod greeting;
pub mod history;
pub mod links;
pub mod members;
pub mod presence;
pub mod read;
pub mod relations;
pub mod rooms;
pub mod search;
pub mod send;
pub mod sync;
pub mod typing;
