//! Several writes, all of them or none, at twice the price.

use aizuchi_core::error::PortError;
use aws_sdk_dynamodb::{
    error::BuildError,
    operation::transact_write_items::TransactWriteItemsError,
    types::{Put, ReturnConsumedCapacity, TransactWriteItem, Update},
};
use tokio::time::Instant;

use super::{Change, Table, unavailable, units, writes::filled};
use crate::{
    item::{Item, TABLE},
    keys::{Key, PARTITION},
    pause::Pause,
};

/// One write of several.
#[derive(Debug, Clone)]
pub(crate) enum Write {
    /// Puts an item where none is.
    New(Key, Item),
    /// Changes an item where its condition holds.
    Change(Change),
}

impl Write {
    fn item(self, table: &str) -> Result<TransactWriteItem, BuildError> {
        let item = TransactWriteItem::builder();
        let item = match self {
            Self::New(key, attributes) => {
                let mut all = key.attributes();
                all.extend(attributes);
                let put = Put::builder().table_name(table).set_item(Some(all));
                let condition = format!("attribute_not_exists({PARTITION})");
                item.put(put.condition_expression(condition).build()?)
            }
            Self::Change(change) => {
                let update = Update::builder()
                    .table_name(table)
                    .set_key(Some(change.key.attributes()))
                    .update_expression(change.update)
                    .set_condition_expression(change.condition)
                    .set_expression_attribute_names(filled(change.names))
                    .set_expression_attribute_values(filled(change.values));
                item.update(update.build()?)
            }
        };
        Ok(item.build())
    }
}

impl Table {
    /// Does all of these, at most 100 and 4 MB, or none; false where a
    /// condition does not hold.
    pub(crate) async fn write_all(&self, writes: Vec<Write>) -> Result<bool, PortError> {
        let items = writes.into_iter().map(|write| write.item(&self.name));
        let items: Result<Vec<_>, _> = items.collect();
        let items = items.map_err(|error| PortError::unavailable(TABLE, error))?;
        let deadline = Instant::now() + self.operation;
        let mut pause = Pause::default();
        loop {
            self.usage.request();
            let sent = self
                .client
                .transact_write_items()
                .set_transact_items(Some(items.clone()))
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await;
            let error = match sent {
                Ok(output) => {
                    let consumed = output.consumed_capacity.unwrap_or_default();
                    consumed.iter().for_each(|one| self.usage.wrote(units(Some(one))));
                    return Ok(true);
                }
                Err(error) => error,
            };
            match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                    let reasons = cancelled.cancellation_reasons();
                    let is = |code| reasons.iter().any(|reason| reason.code() == Some(code));
                    if is("ConditionalCheckFailed") {
                        return Ok(false);
                    }
                    let passing = is("TransactionConflict")
                        || is("ThrottlingError")
                        || is("ProvisionedThroughputExceeded");
                    if !passing || Instant::now() >= deadline {
                        return Err(unavailable("TransactWriteItems", error));
                    }
                }
                _ => return Err(unavailable("TransactWriteItems", error)),
            }
            pause.wait().await;
        }
    }
}
