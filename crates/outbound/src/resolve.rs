//! From a name to addresses that were checked.

use std::{
    error::Error,
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;

use crate::{
    address::{Guard, Trust},
    limits::ADDRESSES,
};

/// The addresses of a name, once they are known.
pub type Looked = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Looks names up.
pub trait Resolver: Send + Sync + 'static {
    /// Every address of a name.
    fn look_up(&self, name: &str) -> Looked;
}

/// Asks the system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn look_up(&self, name: &str) -> Looked {
        let name = name.to_owned();
        Box::pin(async move {
            let found = lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// A name whose addresses are not all to be connected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an address that may not be connected to")]
pub(crate) struct Forbidden;

/// What kind of connections go to the addresses that are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Http,
    Https,
}

impl Scheme {
    /// Whether an address is trusted with such a connection.
    pub(crate) fn goes_to(self, guard: &dyn Guard, address: IpAddr) -> bool {
        match guard.trust(address) {
            Trust::Refused => false,
            Trust::Encrypted => self == Self::Https,
            Trust::Plain => true,
        }
    }
}

/// Finds addresses for connections of one kind, all of them checked. Where one
/// of a name's is refused, the name is: its owner is up to something.
pub(crate) struct Checked {
    pub(crate) scheme: Scheme,
    pub(crate) guard: Arc<dyn Guard>,
    pub(crate) resolver: Arc<dyn Resolver>,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let (scheme, guard) = (self.scheme, Arc::clone(&self.guard));
        let looked = self.resolver.look_up(name.as_str());
        Box::pin(async move {
            let found = looked.await?;
            let good = found.iter().all(|address| scheme.goes_to(&*guard, *address));
            if !good || found.len() > ADDRESSES {
                return Err(Box::new(Forbidden) as Box<dyn Error + Send + Sync>);
            }
            // The port is the URL's.
            let found = found.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(found) as Addrs)
        })
    }
}
