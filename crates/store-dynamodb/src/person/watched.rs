//! Whom a connection watches, packed.
//!
//! Each watched person has an item that says so in his own partition, and
//! writing it and this list are two steps. So every change has a number, and
//! the item of a person bears the number of the change that brought him: a
//! deletion that comes late, of an item that a later change put anew, names the
//! earlier number and does nothing.

use aizuchi_core::{
    error::PortError,
    ids::{MessageId, UserId},
};
use aws_sdk_dynamodb::types::AttributeValue;

use crate::item;

/// Whom a connection watches, in their order.
///
/// Packed: the number of the last change, then for each person the number of
/// the change that brought him and his id. Numbers are varints; an id that is a
/// UUID as it is mostly written is a zero byte and its 16 bytes, and any other
/// its length and its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Watched {
    change: u64,
    people: Vec<(UserId, u64)>,
}

impl Watched {
    /// The people.
    pub(crate) fn people(&self) -> impl Iterator<Item = &UserId> {
        self.people.iter().map(|(user, _)| user)
    }

    /// The people, and the changes that brought them.
    pub(crate) fn numbered(&self) -> &[(UserId, u64)] {
        &self.people
    }

    /// Those who are here and not there, with the changes that brought them.
    pub(crate) fn without<'a>(
        &'a self,
        other: &'a Self,
    ) -> impl Iterator<Item = &'a (UserId, u64)> {
        self.people.iter().filter(|(user, _)| other.change_of(user).is_none())
    }

    /// What takes this one's place where these people, once each, are watched.
    pub(crate) fn replaced(&self, people: &[UserId]) -> Self {
        let change = self.change + 1;
        let mut replaced = Self { change, people: Vec::with_capacity(people.len()) };
        for user in people {
            if replaced.change_of(user).is_none() {
                let brought = self.change_of(user).unwrap_or(change);
                replaced.people.push((user.clone(), brought));
            }
        }
        replaced
    }

    fn change_of(&self, user: &UserId) -> Option<u64> {
        self.people.iter().find(|(other, _)| other == user).map(|(_, change)| *change)
    }

    /// The attribute.
    pub(crate) fn to_attribute(&self) -> AttributeValue {
        let mut packed = Vec::new();
        put_varint(&mut packed, self.change);
        for (user, change) in &self.people {
            put_varint(&mut packed, *change);
            match uuid(user.as_str()) {
                Some(id) => {
                    packed.push(0);
                    packed.extend_from_slice(&id);
                }
                None => {
                    // An id is at most 128 bytes long.
                    packed.push(user.as_str().len() as u8);
                    packed.extend_from_slice(user.as_str().as_bytes());
                }
            }
        }
        item::bytes(packed)
    }

    /// What an attribute holds.
    pub(crate) fn read(packed: &[u8]) -> Result<Self, PortError> {
        unpack(packed).ok_or_else(|| item::strange("w", "no list of people"))
    }
}

fn unpack(mut packed: &[u8]) -> Option<Watched> {
    let mut watched = Watched { change: take_varint(&mut packed)?, people: Vec::new() };
    while !packed.is_empty() {
        let change = take_varint(&mut packed)?;
        let (length, rest) = packed.split_first()?;
        let user = if *length == 0 {
            let (id, rest) = rest.split_first_chunk::<16>()?;
            packed = rest;
            UserId::parse(&uuid_text(id)).ok()?
        } else {
            let (id, rest) = rest.split_at_checked(usize::from(*length))?;
            packed = rest;
            UserId::parse(std::str::from_utf8(id).ok()?).ok()?
        };
        watched.people.push((user, change));
    }
    Some(watched)
}

fn put_varint(into: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        into.push(number as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}

fn take_varint(from: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = from.split_first()?;
        *from = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// The bytes of a UUID as it is mostly written: lowercase, with its hyphens.
fn uuid(text: &str) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    let mut digits = text.bytes().filter(|byte| *byte != b'-').map(|byte| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    });
    for byte in &mut bytes {
        *byte = digits.next()?? << 4 | digits.next()??;
    }
    // Whatever else is in it makes its text another one.
    (uuid_text(&bytes) == text).then_some(bytes)
}

fn uuid_text(bytes: &[u8; 16]) -> String {
    // The names of messages are UUIDs, and are written as all are.
    MessageId::from_bytes(*bytes).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "0199c8a4-7b3e-7cc1-9d05-5a3f0c2b1e77";

    fn user(id: &str) -> UserId {
        UserId::parse(id).unwrap()
    }

    fn packed(watched: &Watched) -> Vec<u8> {
        let AttributeValue::B(packed) = watched.to_attribute() else { panic!("no bytes") };
        packed.into_inner()
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        let longest = "x".repeat(128);
        let upper = UUID.to_uppercase();
        let odd = UUID.replace('-', "");
        let shifted = "0199c8a47-b3e-7cc1-9d05-5a3f0c2b1e77";
        let ids = ["ada", UUID, &longest, &upper, &odd, shifted, "日本", "-"];
        let mut watched = Watched::default();
        for round in 0..300 {
            let some: Vec<_> = ids.iter().skip(round % 5).map(|id| user(id)).collect();
            watched = watched.replaced(&some);
            assert_eq!(unpack(&packed(&watched)), Some(watched.clone()));
        }
    }

    #[test]
    fn fifty_people_fit_beside_all_else_in_a_kilobyte() {
        let people: Vec<_> =
            (0..50_u128).map(|n| user(&uuid_text(&(u128::MAX - n).to_be_bytes()))).collect();
        assert_eq!(packed(&Watched::default().replaced(&people)).len(), 1 + 50 * 18);
    }

    #[test]
    fn the_bytes_stay_as_they_are() {
        let watched = Watched::default().replaced(&[user("bob"), user(UUID)]);
        let mut expected = vec![1, 1, 3];
        expected.extend_from_slice(b"bob");
        expected.extend_from_slice(&[1, 0]);
        expected.extend_from_slice(&0x0199c8a4_7b3e_7cc1_9d05_5a3f0c2b1e77_u128.to_be_bytes());
        assert_eq!(packed(&watched), expected);
    }

    #[test]
    fn who_stays_keeps_the_change_that_brought_him() {
        let [ada, bob, cyd] = ["ada", "bob", "cyd"].map(user);
        let one = Watched::default().replaced(&[ada.clone(), bob.clone(), ada.clone()]);
        assert_eq!(one.numbered(), [(ada.clone(), 1), (bob.clone(), 1)]);
        let two = one.replaced(&[cyd.clone(), bob.clone()]);
        assert_eq!(two.numbered(), [(cyd, 2), (bob.clone(), 1)]);
        assert_eq!(one.without(&two).collect::<Vec<_>>(), [&(ada.clone(), 1)]);
        let three = two.replaced(&[]).replaced(std::slice::from_ref(&ada));
        assert_eq!(three.numbered(), [(ada, 4)], "numbers are not used twice");
    }

    #[test]
    fn what_was_not_packed_is_refused() {
        let bad: [&[u8]; 7] =
            [&[], &[0x80], &[1, 1], &[1, 1, 3, b'a'], &[1, 1, 0, 1], &[1, 1, 1, 0xff], &[0xff; 12]];
        for bad in bad {
            assert_eq!(unpack(bad), None, "{bad:?}");
        }
        assert!(Watched::read(&[]).is_err());
    }
}
