//! Every limit of the domain, in one place. Those that an operator may turn
//! are in [`Limits`]; the constants are part of the contract.

/// Longest user id, in bytes.
pub const USER_ID_BYTES: usize = 128;
/// Longest conversation id, in bytes: two user ids with every byte encoded, and the frame around them.
pub const CONVERSATION_ID_BYTES: usize = 2 * 3 * USER_ID_BYTES + 4;
/// Longest `clientMsgId`, in bytes.
pub const CLIENT_MSG_ID_BYTES: usize = 64;
/// Longest text of a message, in bytes: what a frame of 32 KB can carry.
pub const MESSAGE_BYTES: usize = 32 * 1024;
/// People whom one message mentions.
pub const MENTIONS: usize = 50;
/// Longest emoji of a reaction, in bytes.
pub const EMOJI_BYTES: usize = 64;
/// Different emoji on one message.
pub const EMOJIS: usize = 20;
/// Reactions to one message, of all together.
pub const REACTIONS: usize = 1_000;
/// People of one emoji that a frame names; the rest are counted.
pub const REACTORS_SHOWN: usize = 20;
/// Members of one room.
pub const MEMBERS: usize = 1_000;
/// Members of a room that a frame of a list names; the rest are counted.
pub const MEMBERS_SHOWN: usize = 8;
/// People who are brought into a room at once.
pub const INVITED_AT_ONCE: usize = 50;
/// What a room remembers of those who were put out, the latest first: their ids
/// and [`SHUT_OUT_AROUND`] each, in bytes. Some 170 people with ids of 36 bytes.
pub const SHUT_OUT_BYTES: usize = 8 * 1024;
/// What each of them takes beside his id, in bytes.
pub const SHUT_OUT_AROUND: usize = 12;
/// Rooms that one is in.
pub const ROOMS: usize = 500;
/// Longest name of a room, in bytes.
pub const ROOM_NAME_BYTES: usize = 128;
/// Members up to whom a room's cursors and who types in it are told to all. In
/// a larger one they are asked for.
pub const TOLD: usize = 50;
/// Messages of one page of history, at most and unless told.
pub const PAGE: PageLimit = PageLimit { most: 200, unless_told: 50 };
/// Conversations of one page of the list, at most and unless told.
pub const LIST_PAGE: PageLimit = PageLimit { most: 100, unless_told: 50 };
/// Members of one page of a room's, at most and unless told.
pub const MEMBERS_PAGE: PageLimit = PageLimit { most: MEMBERS, unless_told: 200 };
/// Messages of one page of a search, at most and unless told.
pub const SEARCH_PAGE: PageLimit = PageLimit { most: 50, unless_told: 20 };
/// Text of one page of history, in bytes. The gateway leaves out what does not
/// fit in a frame of 128 KB with names and numbers around it.
pub const PAGE_BYTES: usize = 120 * 1024;
/// Messages of a level 0 history, which has no pages: more never fit in one
/// frame, where each takes 119 bytes and more.
pub const LEVEL_ZERO_MESSAGES: usize = 1_102;
/// Text, names and numbers of one frame of a list or a `SYNC`, in bytes.
pub const LIST_BYTES: usize = 80 * 1024;
/// Conversations that one `SYNC` may name cursors for.
pub const SYNC_CURSORS: usize = 200;
/// A gap longer than this is answered with `reset` in place of its entries.
pub const SYNC_GAP: u64 = 1_000;
/// People that one connection may watch.
pub const WATCHED: usize = 50;
/// `unread` is exact up to this, and stays there.
pub const UNREAD: u64 = 100;
/// Different people that one may look up within an hour.
pub const LOOKUPS_AN_HOUR: usize = 300;

/// Text, names and numbers of one part of an export, in bytes.
pub const EXPORT_BYTES: usize = 512 * 1024;
/// Entries that an export reads at once.
pub const EXPORT_ENTRIES: usize = 500;
/// Conversations that one part of an export begins.
pub const EXPORT_CONVERSATIONS: usize = 50;
/// Conversations that come again in one export since they changed meanwhile.
pub const EXPORT_LATE: u32 = 10_000;

/// How much a page holds.
#[derive(Debug, Clone, Copy)]
pub struct PageLimit {
    /// More is refused.
    pub most: usize,
    /// Where the client does not say.
    pub unless_told: usize,
}

impl PageLimit {
    /// The limit asked for, or the default; `None` where it is 0 or over the most.
    pub fn of(self, asked: Option<usize>) -> Option<usize> {
        let limit = asked.unwrap_or(self.unless_told);
        (1..=self.most).contains(&limit).then_some(limit)
    }
}
