//! Requests that read.

use aizuchi_core::error::PortError;
use aws_sdk_dynamodb::types::{KeysAndAttributes, ReturnConsumedCapacity};
use tokio::time::Instant;

use super::{Found, Query, Reading, Table, unavailable, units};
use crate::{
    item::{Item, TABLE},
    keys::Key,
    pause::Pause,
};

/// Items of one batch.
const BATCH: usize = 100;

impl Table {
    /// One item.
    pub(crate) async fn get(&self, key: &Key, reading: Reading) -> Result<Option<Item>, PortError> {
        self.usage.request();
        let sent = self
            .client
            .get_item()
            .table_name(&*self.name)
            .set_key(Some(key.attributes()))
            .consistent_read(reading == Reading::Strong)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        let output = sent.map_err(|error| unavailable("GetItem", error))?;
        self.usage.read(units(output.consumed_capacity.as_ref()));
        Ok(output.item)
    }

    /// Those of these items that are there, in any order; each holds its keys.
    pub(crate) async fn get_many(
        &self,
        keys: Vec<Key>,
        reading: Reading,
    ) -> Result<Vec<Item>, PortError> {
        let deadline = Instant::now() + self.operation;
        let mut left: Vec<Item> = keys.iter().map(Key::attributes).collect();
        let mut found = Vec::with_capacity(left.len());
        let mut pause = Pause::default();
        while !left.is_empty() {
            let batch = left.split_off(left.len().saturating_sub(BATCH));
            let asked = batch.len();
            let ask = KeysAndAttributes::builder()
                .set_keys(Some(batch))
                .consistent_read(reading == Reading::Strong)
                .build()
                .map_err(|error| PortError::unavailable(TABLE, error))?;
            self.usage.request();
            let sent = self
                .client
                .batch_get_item()
                .request_items(&*self.name, ask)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await;
            let output = sent.map_err(|error| unavailable("BatchGetItem", error))?;
            self.usage.read(units(output.consumed_capacity.as_deref().and_then(<[_]>::first)));
            let answered = output.responses.and_then(|mut all| all.remove(&*self.name));
            found.extend(answered.unwrap_or_default());
            let unprocessed = output.unprocessed_keys.and_then(|mut all| all.remove(&*self.name));
            let unprocessed = unprocessed.map(|rest| rest.keys).unwrap_or_default();
            if unprocessed.len() == asked {
                // It was throttled and says so with a success.
                if Instant::now() >= deadline {
                    return Err(PortError::unavailable(TABLE, "BatchGetItem: nothing processed"));
                }
                pause.wait().await;
            }
            left.extend(unprocessed);
        }
        Ok(found)
    }

    /// A part of a partition; see [`Query`] for how much. [`Found::more`] says
    /// where it stopped, if it did not reach the end.
    pub(crate) async fn query(&self, query: Query) -> Result<Found, PortError> {
        let (condition, values) = query.condition();
        self.usage.request();
        let sent = self
            .client
            .query()
            .table_name(&*self.name)
            .key_condition_expression(condition)
            .set_expression_attribute_values(Some(values))
            .scan_index_forward(query.forward)
            .consistent_read(query.reading == Reading::Strong)
            .set_limit(query.limit.map(|limit| i32::try_from(limit).unwrap_or(i32::MAX)))
            .set_exclusive_start_key(query.from)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        let output = sent.map_err(|error| unavailable("Query", error))?;
        self.usage.read(units(output.consumed_capacity.as_ref()));
        let more = output.last_evaluated_key.filter(|key| !key.is_empty());
        Ok(Found { items: output.items.unwrap_or_default(), more })
    }

    /// All of a partition that the query names, page after page.
    pub(crate) async fn query_all(&self, query: Query) -> Result<Vec<Item>, PortError> {
        let mut all = Vec::new();
        let mut from = None;
        loop {
            let found = self.query(Query { from: from.take(), ..query.clone() }).await?;
            all.extend(found.items);
            match found.more {
                Some(more) => from = Some(more),
                None => return Ok(all),
            }
        }
    }
}
