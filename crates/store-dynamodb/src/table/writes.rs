//! Requests that write, each to one item.

use aizuchi_core::error::PortError;
use aws_sdk_dynamodb::{
    operation::{
        delete_item::DeleteItemError, put_item::PutItemError, update_item::UpdateItemError,
    },
    types::{
        AttributeValue, ReturnConsumedCapacity, ReturnValue,
        ReturnValuesOnConditionCheckFailure as OnFailure,
    },
};

use super::{Change, Table, Written, unavailable, units};
use crate::{
    item::Item,
    keys::{Key, PARTITION},
};

impl Table {
    /// Puts an item where none is; refused, with the one that is, otherwise.
    pub(crate) async fn put_new(&self, key: &Key, attributes: Item) -> Result<Written, PortError> {
        self.put_if(key, attributes, Some(format!("attribute_not_exists({PARTITION})"))).await
    }

    /// Puts an item, in place of what was there.
    pub(crate) async fn put(&self, key: &Key, attributes: Item) -> Result<(), PortError> {
        self.put_if(key, attributes, None).await.map(drop)
    }

    async fn put_if(
        &self,
        key: &Key,
        attributes: Item,
        condition: Option<String>,
    ) -> Result<Written, PortError> {
        let mut item = key.attributes();
        item.extend(attributes);
        self.usage.request();
        let returned = condition.is_some().then_some(OnFailure::AllOld);
        let sent = self
            .client
            .put_item()
            .table_name(&*self.name)
            .set_item(Some(item))
            .set_condition_expression(condition)
            .set_return_values_on_condition_check_failure(returned)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        match sent {
            Ok(output) => {
                self.usage.wrote(units(output.consumed_capacity()));
                Ok(Written::Done(None))
            }
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(failed)) => {
                    Ok(self.refused(failed.item.clone()))
                }
                _ => Err(unavailable("PutItem", error)),
            },
        }
    }

    /// Changes an item, or makes it; refused, with the one that is, where the
    /// condition does not hold.
    pub(crate) async fn change(&self, change: Change) -> Result<Written, PortError> {
        self.usage.request();
        let returned = change.condition.is_some().then_some(OnFailure::AllOld);
        let sent = self
            .client
            .update_item()
            .table_name(&*self.name)
            .set_key(Some(change.key.attributes()))
            .update_expression(change.update)
            .set_condition_expression(change.condition)
            .set_expression_attribute_names(filled(change.names))
            .set_expression_attribute_values(filled(change.values))
            .return_values(change.returns.into())
            .set_return_values_on_condition_check_failure(returned)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        match sent {
            Ok(output) => {
                self.usage.wrote(units(output.consumed_capacity()));
                Ok(Written::Done(output.attributes))
            }
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(failed)) => {
                    Ok(self.refused(failed.item.clone()))
                }
                _ => Err(unavailable("UpdateItem", error)),
            },
        }
    }

    /// Takes an item away, if it is there.
    pub(crate) async fn delete(&self, key: &Key) -> Result<(), PortError> {
        self.delete_if(key, None).await
    }

    /// Takes an item away, if it is there and this attribute of it is so.
    pub(crate) async fn delete_where(
        &self,
        key: &Key,
        (name, value): (&str, AttributeValue),
    ) -> Result<(), PortError> {
        self.delete_if(key, Some((format!("{name} = :v"), value))).await
    }

    /// Takes an item away and gives it, if it is there.
    pub(crate) async fn take(&self, key: &Key) -> Result<Option<Item>, PortError> {
        self.usage.request();
        let sent = self
            .client
            .delete_item()
            .table_name(&*self.name)
            .set_key(Some(key.attributes()))
            .return_values(ReturnValue::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        let output = sent.map_err(|error| unavailable("DeleteItem", error))?;
        self.usage.wrote(units(output.consumed_capacity()));
        Ok(output.attributes.filter(|item| !item.is_empty()))
    }

    async fn delete_if(
        &self,
        key: &Key,
        condition: Option<(String, AttributeValue)>,
    ) -> Result<(), PortError> {
        self.usage.request();
        let returned = condition.is_some().then_some(OnFailure::AllOld);
        let (condition, value) = condition.unzip();
        let sent = self
            .client
            .delete_item()
            .table_name(&*self.name)
            .set_key(Some(key.attributes()))
            .set_condition_expression(condition)
            .set_expression_attribute_values(value.map(|value| [(":v".to_owned(), value)].into()))
            .set_return_values_on_condition_check_failure(returned)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        match sent {
            Ok(output) => self.usage.wrote(units(output.consumed_capacity())),
            Err(error) => match error.as_service_error() {
                Some(DeleteItemError::ConditionalCheckFailedException(failed)) => {
                    self.refused(failed.item.clone());
                }
                _ => return Err(unavailable("DeleteItem", error)),
            },
        }
        Ok(())
    }

    fn refused(&self, there: Option<Item>) -> Written {
        let there = there.filter(|item| !item.is_empty());
        self.usage.refused(there.as_ref());
        Written::Refused(there)
    }
}

/// An empty map is an invalid one.
pub(super) fn filled<K, V>(
    map: std::collections::HashMap<K, V>,
) -> Option<std::collections::HashMap<K, V>> {
    (!map.is_empty()).then_some(map)
}
