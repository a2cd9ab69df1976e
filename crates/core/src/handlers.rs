//! One handler an action.

pub mod append;
pub mod change;
pub mod conversations;
pub mod greeting;
pub mod history;
pub mod presence;
pub mod read;
pub mod rooms;
pub mod send;
pub mod sync;
pub mod typing;
