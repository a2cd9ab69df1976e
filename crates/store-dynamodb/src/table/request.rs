//! What may be asked of the table.
//!
//! Names of one letter are written in expressions as they are: none is a
//! reserved word. Any other name needs a placeholder.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};

use crate::{
    item::{self, Item},
    keys::{Key, PARTITION, SORT},
};

/// How fresh a read is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// All that was answered before it began.
    Strong,
    /// Perhaps a moment old, for half the units.
    Eventual,
}

/// The outcome of a write with a condition.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Written {
    /// It is durable. With the item that was asked for.
    Done(Option<Item>),
    /// The condition did not hold. With the item that is there, if one is.
    Refused(Option<Item>),
}

/// What a change answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Returns {
    /// Nothing but that it is done.
    Nothing,
    /// The item as it was before.
    Old,
    /// The item as it is now.
    New,
}

impl From<Returns> for ReturnValue {
    fn from(returns: Returns) -> Self {
        match returns {
            Returns::Nothing => Self::None,
            Returns::Old => Self::AllOld,
            Returns::New => Self::AllNew,
        }
    }
}

/// An update of one item.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(super) key: Key,
    pub(super) update: String,
    pub(super) condition: Option<String>,
    pub(super) names: HashMap<String, String>,
    pub(super) values: HashMap<String, AttributeValue>,
    pub(super) returns: Returns,
}

impl Change {
    /// An update expression on an item, such as `SET n = :n`.
    pub(crate) fn of(key: Key, update: impl Into<String>) -> Self {
        Self {
            key,
            update: update.into(),
            condition: None,
            names: HashMap::new(),
            values: HashMap::new(),
            returns: Returns::Nothing,
        }
    }

    /// The same change with this expression.
    pub(crate) fn updating(mut self, update: String) -> Self {
        self.update = update;
        self
    }

    /// Only where this condition holds.
    pub(crate) fn only_if(mut self, condition: impl Into<String>) -> Self {
        self.condition = Some(condition.into());
        self
    }

    /// What a placeholder such as `:n` stands for.
    pub(crate) fn value(mut self, placeholder: &str, value: AttributeValue) -> Self {
        self.values.insert(placeholder.to_owned(), value);
        self
    }

    /// The name that a placeholder such as `#c` stands for.
    pub(crate) fn name(mut self, placeholder: &str, name: impl Into<String>) -> Self {
        self.names.insert(placeholder.to_owned(), name.into());
        self
    }

    /// What it answers with.
    pub(crate) fn returning(mut self, returns: Returns) -> Self {
        self.returns = returns;
        self
    }
}

/// Which sort keys of a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sorts {
    /// All.
    All,
    /// Those that begin so.
    Prefix(Vec<u8>),
    /// Those from one to another, both included, the first not after the second.
    Between(Vec<u8>, Vec<u8>),
}

/// A read of a part of a partition.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub(crate) partition: Vec<u8>,
    pub(crate) sorts: Sorts,
    /// Ascending by sort key, or descending.
    pub(crate) forward: bool,
    /// Items at most. Whatever it is, a query also stops after 1 MB.
    pub(crate) limit: Option<usize>,
    pub(crate) reading: Reading,
    /// Where an earlier one stopped.
    pub(crate) from: Option<Item>,
}

impl Query {
    /// All of a partition, ascending, strongly.
    pub(crate) fn of(partition: Vec<u8>) -> Self {
        Self {
            partition,
            sorts: Sorts::All,
            forward: true,
            limit: None,
            reading: Reading::Strong,
            from: None,
        }
    }

    pub(super) fn condition(&self) -> (String, HashMap<String, AttributeValue>) {
        let mut values = HashMap::from([(":p".to_owned(), item::bytes(self.partition.clone()))]);
        let mut value = |name: &str, sort: &[u8]| {
            values.insert(name.to_owned(), item::bytes(sort.to_vec()));
        };
        let sorts = match &self.sorts {
            Sorts::All => String::new(),
            Sorts::Prefix(prefix) => {
                value(":a", prefix);
                format!(" AND begins_with({SORT}, :a)")
            }
            Sorts::Between(first, last) => {
                value(":a", first);
                value(":b", last);
                format!(" AND {SORT} BETWEEN :a AND :b")
            }
        };
        (format!("{PARTITION} = :p{sorts}"), values)
    }
}

/// What a query found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    pub(crate) items: Vec<Item>,
    /// Where to go on, for [`Query::from`]; `None` at the end.
    pub(crate) more: Option<Item>,
}
