//! Reading the whole table.

use aizuchi_core::error::PortError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};

use super::{Found, Table, unavailable, units};
use crate::item::Item;

impl Table {
    /// The items of the next megabyte that pass a filter, strongly: there may be
    /// none though there is more. All of the megabyte is paid for.
    pub(crate) async fn scan(
        &self,
        filter: &str,
        values: Option<(&str, AttributeValue)>,
        from: Option<Item>,
    ) -> Result<Found, PortError> {
        self.usage.request();
        let sent = self
            .client
            .scan()
            .table_name(&*self.name)
            .filter_expression(filter)
            .set_expression_attribute_values(
                values.map(|(name, value)| [(name.to_owned(), value)].into()),
            )
            .consistent_read(true)
            .set_exclusive_start_key(from)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        let output = sent.map_err(|error| unavailable("Scan", error))?;
        self.usage.read(units(output.consumed_capacity.as_ref()));
        let more = output.last_evaluated_key.filter(|key| !key.is_empty());
        Ok(Found { items: output.items.unwrap_or_default(), more })
    }
}
