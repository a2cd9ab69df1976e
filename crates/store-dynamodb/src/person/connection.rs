//! A connection's attribute in its person's item: a map of three parts, each
//! written by itself, so that a renewed lease and a change of the watched never
//! undo one another.

use aizuchi_core::{
    accounts::SessionId,
    error::PortError,
    ids::{ConnectionId, UserId},
    registry::{Connection, Level},
};
use aws_sdk_dynamodb::types::AttributeValue;

use super::watched::Watched;
use crate::{
    item::{self, Item},
    lease,
};

/// What never changes: level, when it came up, session.
const FIXED: &str = "d";
/// Until when it counts as there, in ms since the epoch.
pub(crate) const LEASE: &str = "t";
/// Whom it watches; absent where it never watched anybody.
pub(crate) const WATCHED: &str = "w";

/// The first byte of the fixed part. Bits that are not listed are 0.
const LEVEL_ZERO: u8 = 1;
const HAS_SESSION: u8 = 1 << 1;

/// Bytes of the time in the fixed part: ms since the epoch until the year 10889.
const TIME: usize = 6;

/// A connection as its person's item holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Held {
    /// Its name.
    pub(crate) id: ConnectionId,
    /// What it speaks.
    pub(crate) level: Level,
    /// When it came up, in ms since the epoch.
    pub(crate) connected_at: u64,
    /// The session whose end ends it.
    pub(crate) session: Option<SessionId>,
    /// Until when it counts as there, in ms since the epoch.
    pub(crate) lease: u64,
    /// Whom it watches.
    pub(crate) watched: Watched,
}

impl Held {
    /// A connection that comes up now, in ms since the epoch.
    pub(crate) fn new(connection: &Connection, now: u64) -> Self {
        let mut watched = Watched::default();
        if let Some(partner) = &connection.partner {
            watched = watched.replaced(std::slice::from_ref(partner));
        }
        Self {
            id: connection.id.clone(),
            level: connection.level,
            connected_at: now,
            session: connection.session,
            lease: now + lease::LEASE_MS,
            watched,
        }
    }

    /// Whether its lease holds.
    pub(crate) fn is_fresh(&self, now: u64) -> bool {
        self.lease > now
    }

    /// Whether it may still be there: nothing else ends a connection as surely.
    pub(crate) fn may_live(&self, now: u64) -> bool {
        self.connected_at + lease::KEPT_MS > now
    }

    /// The one whom a level 0 connection has open.
    pub(crate) fn partner(&self) -> Option<&UserId> {
        match self.level {
            Level::Zero => self.watched.people().next(),
            Level::One => None,
        }
    }

    /// As others need to know it.
    pub(crate) fn connection(self, user: &UserId) -> Connection {
        Connection {
            partner: self.partner().cloned(),
            id: self.id,
            user: user.clone(),
            level: self.level,
            session: self.session,
        }
    }

    /// The attribute.
    pub(crate) fn to_attribute(&self) -> AttributeValue {
        let mut fixed = vec![0];
        fixed.extend_from_slice(&self.connected_at.to_be_bytes()[8 - TIME..]);
        if self.level == Level::Zero {
            fixed[0] |= LEVEL_ZERO;
        }
        if let Some(SessionId(session)) = self.session {
            fixed[0] |= HAS_SESSION;
            fixed.extend_from_slice(&session.to_be_bytes());
        }
        let mut parts = Item::from([
            (FIXED.to_owned(), item::bytes(fixed)),
            (LEASE.to_owned(), item::number(self.lease)),
        ]);
        if self.watched != Watched::default() {
            parts.insert(WATCHED.to_owned(), self.watched.to_attribute());
        }
        AttributeValue::M(parts)
    }

    /// The connection with this id and attribute.
    pub(crate) fn read(id: &str, value: &AttributeValue) -> Result<Self, PortError> {
        let broken = || item::strange("c", "no connection");
        let id = ConnectionId::parse(id).map_err(|_| broken())?;
        let AttributeValue::M(parts) = value else { return Err(broken()) };
        let fixed = item::need(item::bytes_in(parts, FIXED)?, FIXED)?;
        let (level, connected_at, session) = read_fixed(fixed).ok_or_else(broken)?;
        let lease = item::need(item::number_in(parts, LEASE)?, LEASE)?;
        let watched = item::bytes_in(parts, WATCHED)?.map(Watched::read).transpose()?;
        let watched = watched.unwrap_or_default();
        Ok(Self { id, level, connected_at, session, lease, watched })
    }
}

fn read_fixed(bytes: &[u8]) -> Option<(Level, u64, Option<SessionId>)> {
    let (flags, rest) = bytes.split_first()?;
    let (time, rest) = rest.split_first_chunk::<TIME>()?;
    let connected_at = time.iter().fold(0, |time, byte| time << 8 | u64::from(*byte));
    let session = match flags & HAS_SESSION {
        0 => rest.is_empty().then_some(None)?,
        _ => Some(SessionId(u128::from_be_bytes(rest.try_into().ok()?))),
    };
    let level = if flags & LEVEL_ZERO == 0 { Level::One } else { Level::Zero };
    (flags & !(LEVEL_ZERO | HAS_SESSION) == 0).then_some((level, connected_at, session))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A connection that came up then.
    pub(crate) fn held(id: &str, connected_at: u64) -> Held {
        let connection = Connection {
            id: ConnectionId::parse(id).unwrap(),
            user: UserId::parse("ada").unwrap(),
            level: Level::One,
            session: None,
            partner: None,
        };
        Held::new(&connection, connected_at)
    }

    #[test]
    fn what_is_written_is_read() {
        let partner = UserId::parse("bob").ok();
        for level in [Level::Zero, Level::One] {
            for session in [None, Some(SessionId(u128::MAX - 1))] {
                for partner in [None, partner.clone()] {
                    let connection = Connection {
                        id: ConnectionId::parse("L0SM9cOFvHcCIhw=").unwrap(),
                        user: UserId::parse("ada").unwrap(),
                        level,
                        session,
                        partner: partner.filter(|_| level == Level::Zero),
                    };
                    let held = Held::new(&connection, 1_700_000_000_000);
                    let read = Held::read("L0SM9cOFvHcCIhw=", &held.to_attribute());
                    let read = read.unwrap();
                    assert_eq!(read, held);
                    assert_eq!(read.connection(&connection.user), connection);
                }
            }
        }
    }

    #[test]
    fn what_was_not_written_is_refused() {
        let good = read_fixed(&[0, 0, 0, 0, 0, 3, 232]);
        assert_eq!(good, Some((Level::One, 1_000, None)));
        for bad in [&[][..], &[0, 1, 2], &[4, 0, 0, 0, 0, 0, 1], &[0; 8], &[2; 22], &[2; 24]] {
            assert_eq!(read_fixed(bad), None, "{bad:?}");
        }
        let without_lease = Item::from([(FIXED.to_owned(), item::bytes([0, 0, 0, 0, 0, 3, 232]))]);
        assert!(Held::read("a", &AttributeValue::M(without_lease)).is_err());
        assert!(Held::read("", &held("a", 1).to_attribute()).is_err());
    }
}
