//! Attributes of items.

use std::collections::HashMap;

use aizuchi_core::error::PortError;
use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};

/// An item: its attributes by their names.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// What an operator calls all of it.
pub(crate) const TABLE: &str = "the table";

pub(crate) fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(crate) fn bytes(value: impl Into<Vec<u8>>) -> AttributeValue {
    AttributeValue::B(Blob::new(value))
}

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// The number in this attribute, if it is there.
pub(crate) fn number_in(item: &Item, name: &str) -> Result<Option<u64>, PortError> {
    match item.get(name) {
        None => Ok(None),
        Some(AttributeValue::N(digits)) => {
            digits.parse().map(Some).map_err(|_| strange(name, "no whole number"))
        }
        Some(_) => Err(strange(name, "no number")),
    }
}

/// The bytes in this attribute, if it is there.
pub(crate) fn bytes_in<'a>(item: &'a Item, name: &str) -> Result<Option<&'a [u8]>, PortError> {
    match item.get(name) {
        None => Ok(None),
        Some(AttributeValue::B(blob)) => Ok(Some(blob.as_ref())),
        Some(_) => Err(strange(name, "not binary")),
    }
}

/// The text in this attribute, if it is there.
pub(crate) fn text_in<'a>(item: &'a Item, name: &str) -> Result<Option<&'a str>, PortError> {
    match item.get(name) {
        None => Ok(None),
        Some(AttributeValue::S(text)) => Ok(Some(text)),
        Some(_) => Err(strange(name, "no text")),
    }
}

/// An attribute that must be there.
pub(crate) fn need<T>(value: Option<T>, name: &str) -> Result<T, PortError> {
    value.ok_or_else(|| strange(name, "missing"))
}

/// Something in the table that this version did not write.
pub(crate) fn strange(name: &str, what: &str) -> PortError {
    PortError::unavailable(TABLE, format!("attribute {name} is {what}"))
}

/// What an item is charged for, in bytes: names and values.
pub(crate) fn size(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + value_size(value)).sum()
}

fn value_size(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::B(blob) => blob.as_ref().len(),
        AttributeValue::S(text) => text.len(),
        // Two digits a byte, and one.
        AttributeValue::N(digits) => digits.len().div_ceil(2) + 1,
        // Three for itself, and one for each part.
        AttributeValue::M(parts) => 3 + parts.len() + size(parts),
        // Nothing else is written here.
        _ => 1,
    }
}
