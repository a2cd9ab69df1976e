//! What our own serverless shape spends on each action: capacity, frames, time.
//!
//! Capacity units are the budget that the capacity tests of `store-dynamodb`
//! hold, for messages of 600 bytes between two people and without contention:
//! change the two together. What they measure is somewhat less. Frames follow
//! from the protocol. Times and memory of functions were measured on a machine:
//! see [`functions`](crate::functions).

use crate::functions::{
    AUTHORIZE_MS, AUTHORIZER, CONNECT_MS, DELIVERY_MS, DISCONNECT_MS, HTTP, PAGE_MS, POLL_MS,
    READ_MS, REFRESH_MS, SEND_MS, SOCKET, SYNC_FIRST_MS, SYNC_MS, TYPING_MS, WATCH_AGAIN_MS,
    WATCH_MS,
};

/// What API Gateway counts as one message.
pub const METERED_BYTES: f64 = 32.0 * 1024.0;

/// One write unit writes this much.
pub const WRITE_BYTES: f64 = 1024.0;

/// What the budget's messages have.
pub const BUDGET_BYTES: f64 = 600.0;

/// What a message's item has beside its text.
pub const ITEM_BYTES: f64 = 200.0;

/// What DynamoDB adds to each item that it holds.
pub const STORED_BYTES: f64 = 100.0;

/// What a message has around it on the wire.
pub const FRAME_BYTES: f64 = 250.0;

/// A frame without a message in it.
pub const SMALL_FRAME_BYTES: f64 = 150.0;

/// Messages on a page, and what a page holds at most.
pub const PAGE_MESSAGES: f64 = 50.0;
/// An answer of the server is not larger.
pub const PAGE_BYTES: f64 = 128.0 * 1024.0;

/// In a room of more members no member's list is written on a send.
pub const LISTED_MEMBERS: f64 = 10.0;

/// Of all invocations, how many start a new instance, whose start is billed. A guess.
pub const COLD_SHARE: f64 = 0.02;

/// What an invocation leaves in the logs: the platform's lines about it.
pub const LOG_BYTES: f64 = 600.0;

/// The page's files, once a month (they are kept for a year, and change), and
/// what a visit asks for again.
pub const PAGE_FIRST_BYTES: f64 = 150_000.0;
/// The page itself and its configuration, which are asked for at each visit.
pub const PAGE_AGAIN_BYTES: f64 = 3_000.0;

/// Seconds from one sign of life that the SDK asks for to the next, while nobody looks.
pub const KEEP_ALIVE_AWAY_S: f64 = 240.0;
/// Seconds after which the next frame renews a connection's lease, which is one write.
pub const LEASE_RENEWED_S: f64 = 300.0;
/// Minutes after which the SDK renews a connection, on average.
pub const RENEW_MINUTES: f64 = 110.25;

/// TYPING frames that a message takes: on, and off.
pub const TYPING_PER_MESSAGE: f64 = 2.0;
/// READ frames for a message that is brought to a connection: one for two,
/// since they come in bursts.
pub const READS_PER_DELIVERY: f64 = 0.5;

/// What one action spends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Action {
    /// DynamoDB write units.
    pub writes: f64,
    /// DynamoDB read units.
    pub reads: f64,
    /// Frames from the client.
    pub received: f64,
    /// Frames to clients.
    pub sent: f64,
    /// Bytes of each of these.
    pub sent_bytes: f64,
    /// Memory of functions by how long they run for it, starts included.
    pub gb_seconds: f64,
    /// Invocations.
    pub invocations: f64,
}

/// A frame from the client, and one small one back.
const EXCHANGE: Action = Action {
    writes: 0.0,
    reads: 0.0,
    received: 1.0,
    sent: 1.0,
    sent_bytes: SMALL_FRAME_BYTES,
    gb_seconds: 0.0,
    invocations: 1.0,
};

/// A sign of life: since a push may get lost here, it is a `SYNC` and a `WATCH` of
/// the same people as before.
pub const KEEP_ALIVE: Action = Action {
    reads: SYNC.reads + 2.0,
    received: 2.0,
    sent: 2.0,
    gb_seconds: SOCKET.ran(SYNC_MS) + SOCKET.ran(WATCH_AGAIN_MS),
    invocations: 2.0,
    ..EXCHANGE
};

/// `$connect` with its authorizer. One who watches is told.
pub const CONNECT: Action = Action {
    writes: 2.0,
    reads: 1.0,
    received: 0.0,
    gb_seconds: AUTHORIZER.ran(AUTHORIZE_MS) + SOCKET.ran(CONNECT_MS),
    invocations: 2.0,
    ..EXCHANGE
};

/// `$disconnect`. One who watches is told.
pub const DISCONNECT: Action = Action {
    writes: 2.0,
    reads: 1.0,
    received: 0.0,
    gb_seconds: SOCKET.ran(DISCONNECT_MS),
    ..EXCHANGE
};

/// `SYNC` after a connect. An answer with little in it.
pub const SYNC: Action =
    Action { reads: 4.0, sent_bytes: 2_000.0, gb_seconds: SOCKET.ran(SYNC_FIRST_MS), ..EXCHANGE };

/// `STATUS` or `WATCH` of somebody else than before.
pub const WATCH: Action =
    Action { writes: 3.0, reads: 2.0, gb_seconds: SOCKET.ran(WATCH_MS), ..EXCHANGE };

/// A new access token, by HTTP.
pub const REFRESH: Action =
    Action { sent_bytes: 2_500.0, gb_seconds: HTTP.ran(REFRESH_MS), ..EXCHANGE };

/// A call by HTTP for what is new, with nothing new. As `SYNC`.
pub const POLL: Action =
    Action { sent_bytes: SMALL_FRAME_BYTES, gb_seconds: HTTP.ran(POLL_MS), ..SYNC };

/// The newest page of messages of so many bytes.
pub fn page(bytes: f64) -> Action {
    Action {
        // The budget's 4 are for messages of 600 bytes; longer ones are read in proportion.
        reads: 4.0 * (bytes / BUDGET_BYTES).max(1.0),
        sent_bytes: (PAGE_MESSAGES * (bytes + FRAME_BYTES)).min(PAGE_BYTES),
        gb_seconds: SOCKET.ran(PAGE_MS),
        ..EXCHANGE
    }
}

/// A message of so many bytes: stored, acknowledged. Its deliveries are [`delivery`].
pub fn send(bytes: f64, recipients: f64) -> Action {
    // The list of a person's conversations is written whether he is there or not.
    let others = recipients.max(1.0);
    let lists = if others + 1.0 > LISTED_MEMBERS { 0.0 } else { others + 1.0 };
    Action {
        // The claim under its clientMsgId, the entry, the lists.
        writes: 1.0 + ((bytes + ITEM_BYTES) / WRITE_BYTES).ceil() + lists,
        // The end of the log, and the connections of each member.
        reads: 1.0 + 1.0 + others,
        gb_seconds: SOCKET.ran(SEND_MS),
        ..EXCHANGE
    }
}

/// A message brought to one connection.
pub fn delivery(bytes: f64) -> Action {
    Action {
        received: 0.0,
        sent_bytes: bytes + FRAME_BYTES,
        gb_seconds: SOCKET.memory_mb / 1_024.0 * DELIVERY_MS / 1_000.0,
        invocations: 0.0,
        ..EXCHANGE
    }
}

/// READ: the reader is answered, and every other connection is told.
pub fn read(recipients: f64) -> Action {
    Action {
        writes: 1.0,
        reads: 2.0,
        sent: 1.0 + recipients,
        gb_seconds: SOCKET.ran(READ_MS),
        ..EXCHANGE
    }
}

/// TYPING: no answer, and every other connection is told.
pub fn typing(recipients: f64) -> Action {
    Action { reads: 2.0, sent: recipients, gb_seconds: SOCKET.ran(TYPING_MS), ..EXCHANGE }
}

/// Bytes that a message takes for ever: its entry and its claim.
pub fn kept_bytes(bytes: f64) -> f64 {
    (bytes + ITEM_BYTES + STORED_BYTES) + (ITEM_BYTES + STORED_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The budget, action by action: (write units, read units).
    #[test]
    fn the_budget_is_spent() {
        let units = |action: Action| (action.writes, action.reads);
        assert_eq!(units(send(600.0, 1.0)), (4.0, 3.0));
        assert_eq!(units(CONNECT), (2.0, 1.0));
        assert_eq!(units(DISCONNECT), (2.0, 1.0));
        assert_eq!(units(WATCH), (3.0, 2.0));
        assert_eq!(units(page(600.0)), (0.0, 4.0));
        assert_eq!(units(SYNC), (0.0, 4.0));
        assert_eq!(units(read(1.0)), (1.0, 2.0));
        assert_eq!(units(typing(1.0)), (0.0, 2.0));
    }

    #[test]
    fn long_messages_and_many_members_spend_more() {
        // 2,000 bytes and 200 around them are three units of 1,024, not one.
        assert_eq!(send(2_000.0, 1.0).writes, 6.0);
        // Ten members: one claim, one entry, ten lists.
        assert_eq!(send(600.0, 9.0).writes, 12.0);
        // Eleven: no list at all.
        assert_eq!(send(600.0, 10.0).writes, 2.0);
        // Nobody is there, but both have a list.
        assert_eq!(send(600.0, 0.0).writes, 4.0);
        // 50 messages of 1,200 bytes: twice the budget's.
        assert_eq!(page(1_200.0).reads, 8.0);
    }

    /// The SDK's own times, or the estimate is of another client.
    #[test]
    fn the_sdk_keeps_these_times() {
        let limits = include_str!("../../../web/sdk/src/limits.ts");
        for line in ["_HIDDEN = 240_000;", "RENEW_AFTER = 105 * 60_000;", "PAGE_SIZE = 50;"] {
            assert!(limits.contains(line), "{line}");
        }
    }
}
