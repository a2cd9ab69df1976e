//! Requests to addresses that others named: push services, webhooks.
//!
//! Whoever may name an address could name one inside the operator's own
//! network. So a name is resolved here, every address that it has is checked
//! ([`Guard`]), and the connection goes to one of those that were checked: the
//! name is not looked up again in between. Nothing is redirected, no proxy of
//! the environment is asked, plain HTTP goes only where the operator allowed
//! it, and everything has a limit ([`limits`]).

mod address;
mod client;
pub mod limits;
mod network;
mod resolve;

pub use self::{
    address::{Guard, Outside, Trust},
    client::{Answer, Outbound, OutboundError, Request},
    network::{InvalidNetwork, Network},
    resolve::{Looked, Resolver, SystemResolver},
};
