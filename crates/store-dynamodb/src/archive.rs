//! Everything, out of the table and into it, as a port.
//!
//! Nothing lists all conversations, so the whole table is read for them. Each is
//! told by the list item of its smaller member, which holds its name; a room by
//! its first entry.

mod people;
mod restore;

use std::collections::HashMap;

use aizuchi_core::{
    archive::{Archive, Found, Part, Person, Position},
    error::PortError,
    ids::{ConversationId, Seq, UserId},
    log::Entry,
};

use crate::{
    item::{self, Item},
    keys::{self, Key},
    log,
    store::{Inner, Store},
    table::Reading,
};

impl Archive for Store {
    async fn found(&self, from: Option<Position>) -> Result<Part<Found>, PortError> {
        let scanned = self.0.table.scan("attribute_exists(c)", None, item_at(from)?).await?;
        let next = scanned.more.as_ref().map(position).transpose()?;
        Ok(Part { items: self.0.found(&scanned.items).await?, next })
    }

    async fn cursors(
        &self,
        conversation: &ConversationId,
    ) -> Result<Vec<(UserId, Seq)>, PortError> {
        self.0.reads(conversation).await
    }

    async fn people(&self, from: Option<Position>) -> Result<Part<Person>, PortError> {
        let filter = "s = :s AND attribute_exists(u)";
        let kind = (":s", item::bytes(keys::PERSON));
        let scanned = self.0.table.scan(filter, Some(kind), item_at(from)?).await?;
        let next = scanned.more.as_ref().map(position).transpose()?;
        Ok(Part { items: self.0.people(&scanned.items).await?, next })
    }

    async fn restore(
        &self,
        conversation: &ConversationId,
        entries: Vec<Entry>,
    ) -> Result<u64, PortError> {
        // Boxed, as it is large and seldom.
        Box::pin(self.0.restore(conversation, &entries)).await
    }

    async fn restore_person(&self, person: &Person) -> Result<bool, PortError> {
        self.0.restore_person(person).await
    }
}

impl Inner {
    /// The conversations that these items tell, with their newest entries.
    async fn found(&self, items: &[Item]) -> Result<Vec<Found>, PortError> {
        let mut ends = Vec::new();
        for item in items.iter().filter(|item| keys::is_of_conversation(item)) {
            let name = item::need(item::text_in(item, "c")?, "c")?;
            let conversation =
                ConversationId::parse(name).map_err(|_| item::strange("c", "no conversation"))?;
            let partition = item::bytes_in(item, keys::PARTITION)?;
            match conversation.direct_members() {
                Some([smaller, _]) if partition == Some(&*keys::user(&smaller)) => {
                    let last = item::need(item::number_in(item, "n")?, "n")?;
                    ends.push((conversation, last));
                }
                Some(_) => {}
                None => {
                    let last = self.newest_seq(&conversation, Reading::Strong).await?;
                    ends.push((conversation, last));
                }
            }
        }
        let wanted = ends.iter().map(|(conversation, last)| Key::entry(conversation, *last));
        let mut newest = HashMap::with_capacity(ends.len());
        for item in self.table.get_many(wanted.collect(), Reading::Strong).await? {
            let partition = item::bytes_in(&item, keys::PARTITION)?.map(<[u8]>::to_vec);
            newest.insert(item::need(partition, keys::PARTITION)?, item);
        }
        let found = |(conversation, last_seq): (ConversationId, Seq)| {
            let item = newest.get(&keys::log(&conversation));
            let entry = log::entry_in(&conversation, last_seq, item::need(item, "e")?)?;
            Ok(Found { conversation, last_seq, newest_at: entry.timestamp })
        };
        ends.into_iter().map(found).collect()
    }
}

/// A key as a position: the length of its partition's, that, and the rest.
fn position(key: &Item) -> Result<Position, PortError> {
    let part = |name| item::need(item::bytes_in(key, name)?, name);
    let partition = part(keys::PARTITION)?;
    // All of ours are short.
    let mut bytes = vec![u8::try_from(partition.len()).unwrap_or(u8::MAX)];
    bytes.extend_from_slice(partition);
    bytes.extend_from_slice(part(keys::SORT)?);
    Ok(Position(bytes))
}

fn item_at(from: Option<Position>) -> Result<Option<Item>, PortError> {
    const STRANGE: PortError = PortError::Rejected("a position of another store");
    let Some(Position(bytes)) = from else { return Ok(None) };
    let (length, rest) = bytes.split_first().ok_or(STRANGE)?;
    let (partition, sort) = rest.split_at_checked(usize::from(*length)).ok_or(STRANGE)?;
    Ok(Some(Key { partition: partition.to_vec(), sort: sort.to_vec() }.attributes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_is_the_key_that_it_was() {
        let user = UserId::parse("ada").unwrap();
        for key in
            [Key::person(&user), Key::name("ada"), Key { partition: vec![b'Z'], sort: vec![] }]
        {
            let position = position(&key.attributes()).unwrap();
            assert_eq!(item_at(Some(position)).unwrap(), Some(key.attributes()));
        }
        assert!(item_at(Some(Position(vec![]))).is_err());
        assert!(item_at(Some(Position(vec![9, 1]))).is_err());
    }
}
