//! The table itself, where no template makes it.

use aizuchi_core::error::PortError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType, TableStatus,
    TimeToLiveSpecification,
};

use super::{Table, unavailable};
use crate::{
    item::TABLE,
    keys::{EXPIRES, PARTITION, SORT},
    pause::Pause,
};

/// Looks at a table that is being made, at most.
const LOOKS: usize = 100;

impl Table {
    /// Makes the table, on demand, with its time to live, and waits for it.
    /// Deployments have a template that does more (backups, encryption); this is
    /// for a test and for trying things.
    pub async fn create(&self) -> Result<(), PortError> {
        let invalid = |error| PortError::unavailable(TABLE, error);
        let attribute = |name: &str| {
            let binary = ScalarAttributeType::B;
            AttributeDefinition::builder().attribute_name(name).attribute_type(binary).build()
        };
        let key = |name: &str, kind| {
            KeySchemaElement::builder().attribute_name(name).key_type(kind).build()
        };
        let sent = self
            .client
            .create_table()
            .table_name(&*self.name)
            .billing_mode(BillingMode::PayPerRequest)
            .attribute_definitions(attribute(PARTITION).map_err(invalid)?)
            .attribute_definitions(attribute(SORT).map_err(invalid)?)
            .key_schema(key(PARTITION, KeyType::Hash).map_err(invalid)?)
            .key_schema(key(SORT, KeyType::Range).map_err(invalid)?)
            .send()
            .await;
        let created = sent.map_err(|error| unavailable("CreateTable", error))?;
        let mut status = created.table_description.and_then(|table| table.table_status);
        let mut pause = Pause::default();
        for _ in 0..LOOKS {
            if status == Some(TableStatus::Active) {
                return self.expire().await;
            }
            pause.wait().await;
            let sent = self.client.describe_table().table_name(&*self.name).send().await;
            let described = sent.map_err(|error| unavailable("DescribeTable", error))?;
            status = described.table.and_then(|table| table.table_status);
        }
        Err(PortError::unavailable(TABLE, "CreateTable: it does not become active"))
    }

    async fn expire(&self) -> Result<(), PortError> {
        let expires = TimeToLiveSpecification::builder()
            .attribute_name(EXPIRES)
            .enabled(true)
            .build()
            .map_err(|error| PortError::unavailable(TABLE, error))?;
        let update = self.client.update_time_to_live().table_name(&*self.name);
        let sent = update.time_to_live_specification(expires).send().await;
        sent.map(drop).map_err(|error| unavailable("UpdateTimeToLive", error))
    }
}
