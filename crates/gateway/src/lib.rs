//! Between wire and core.
//!
//! A front turns what it hears into [`Gateway::connect`], [`Gateway::decode`]
//! with [`Gateway::handle`], and [`Gateway::disconnect`]. The gateway decodes
//! the frame, asks the chat what is to be done, encodes each event once for all
//! its receivers and pushes it. Only the gateway sends.

mod answers;
mod audience;
pub mod decode;
pub mod encode;
mod gateway;
pub mod local;
pub mod metrics;
pub mod notify;
pub mod push;

pub use decode::Request;
pub use gateway::{Gateway, InFlight};
pub use notify::Notify;
pub use push::Push;
