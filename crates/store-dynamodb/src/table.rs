//! The table: each kind of request once, with what it costs counted and what
//! goes wrong turned into an outcome.
//!
//! Throttling, timeouts and failures of the other side are tried again, with
//! jitter, until the operation's time is over; see [`Access`]. A write that was
//! tried again may have been done by an earlier try, so each caller's condition
//! must tell its own work from others'.

mod reads;
mod request;
mod scan;
mod setup;
mod transaction;
mod writes;

use std::{error::Error, fmt::Write as _, sync::Arc, time::Duration};

use aizuchi_core::error::PortError;
use aws_sdk_dynamodb::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    types::ConsumedCapacity,
};

pub(crate) use self::{
    request::{Change, Found, Query, Reading, Returns, Sorts, Written},
    transaction::Write,
};
use crate::{access::Access, item::TABLE, usage::Usage};

/// A DynamoDB table with keys `p` and `s`. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Table {
    client: Client,
    name: Arc<str>,
    usage: Arc<Usage>,
    operation: Duration,
}

impl Table {
    /// The table of this name. Asks nothing yet.
    pub fn new(access: &Access, name: &str) -> Self {
        Self {
            client: access.client(),
            name: name.into(),
            usage: Arc::default(),
            operation: access.operation,
        }
    }

    /// What all clones of it have spent.
    pub fn usage(&self) -> &Usage {
        &self.usage
    }
}

fn units(consumed: Option<&ConsumedCapacity>) -> Option<f64> {
    consumed.and_then(ConsumedCapacity::capacity_units)
}

/// What happened, for an operator: the code and the sentence of the other side,
/// or what kept it from answering. Never what was asked for, which holds messages.
fn unavailable<E>(request: &str, error: SdkError<E>) -> PortError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let mut cause = request.to_owned();
    if let Some(service) = error.as_service_error() {
        let code = service.code().unwrap_or("an error without a code");
        let _ = write!(cause, ": {code}: {}", service.message().unwrap_or_default());
    } else {
        let mut next: Option<&dyn Error> = Some(&error);
        while let Some(error) = next {
            let _ = write!(cause, ": {error}");
            next = error.source();
        }
    }
    PortError::unavailable(TABLE, cause)
}
