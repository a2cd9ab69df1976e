// Generated from crates/wire by `cargo xtask codegen`. Do not edit.

export type ErrorCode = "invalid_request" | "unauthorized" | "forbidden" | "not_found" | "conflict" | "too_large" | "rate_limited" | "unavailable";

export const CloseCode = {
  Normal: 1000,
  GoingAway: 1001,
  NotText: 1003,
  TooLarge: 1009,
  SessionEnded: 4001,
  SlowReader: 4002,
  Idle: 4003,
  TooOld: 4004,
  TooManyConnections: 4005,
  Flooding: 4006,
} as const;

export const INBOUND_BYTES = 32768;

export const OUTBOUND_BYTES = 131072;

export const REQUEST_ID_BYTES = 64;

export const IDLE_SECONDS = 600;

export const AGE_SECONDS = 7200;

export type Text = string;

export type ClientEmpty = Record<symbol, never>;

export type ClientStatus = { 
/**
 * The one asked about; level 0 clients watch him from now on.
 */
partnerSub: Text, };

export type ClientGetMsg = { 
/**
 * Level 0: one of the two.
 */
fromSub?: Text, 
/**
 * Level 0: the other.
 */
toSub?: Text, 
/**
 * Level 1: the conversation.
 */
conversationId?: Text, 
/**
 * Messages before this seq.
 */
before?: number, 
/**
 * Messages after this seq; 0 is the beginning.
 */
after?: number, 
/**
 * At most so many messages: 1 to 200, 50 unless told.
 */
limit?: number, };

export type ClientSendMsg = { 
/**
 * The text.
 */
message: Text, 
/**
 * To whom, in place of `conversationId`.
 */
toSub?: Text, 
/**
 * Where, in place of `toSub`.
 */
conversationId?: Text, 
/**
 * Level 0: who the frame says its sender is. Checked, never believed.
 */
fromSub?: Text, 
/**
 * Level 1: the sending device's name for it, at most 64 bytes.
 */
clientMsgId?: Text, 
/**
 * The seq that it answers.
 */
replyTo?: number, 
/**
 * Whom it mentions; at most 50, and those who are no members are left out.
 */
mentions?: Array<Text>, 
/**
 * Level 1: the ids of files that were uploaded for this conversation, at most 10.
 * With them the text may be empty.
 */
attachments?: Array<Text>, 
/**
 * Level 1: the device's clock, ms since the epoch.
 */
sentAt?: number, 
/**
 * Level 0: the device's clock; kept where it is a number.
 */
timestamp?: number, };

export type ClientGreeting = { 
/**
 * The text.
 */
message: Text, };

export type ClientSync = { 
/**
 * From the last `SYNC`; without it all conversations are meant.
 */
since?: Text, 
/**
 * How far this device has come, by conversation; at most 200.
 */
cursors?: Record<string, number>, };

export type ClientConversations = { 
/**
 * From the last page.
 */
cursor?: Text, 
/**
 * At most so many: 1 to 100, 50 unless told.
 */
limit?: number, };

export type ClientRead = { 
/**
 * Where.
 */
conversationId: Text, 
/**
 * Up to where.
 */
seq: number, };

export type ClientTyping = { 
/**
 * Where.
 */
conversationId: Text, 
/**
 * Whether he types.
 */
on: boolean, };

export type ClientWatch = { 
/**
 * The people to watch; at most 50.
 */
subs: Array<Text>, };

export type ClientSearch = { 
/**
 * The words: all of them must be in a message. At most 256 bytes.
 */
query: Text, 
/**
 * The conversation that is searched; without it, all.
 */
conversationId?: Text, 
/**
 * From the last page.
 */
cursor?: Text, 
/**
 * At most so many: 1 to 50, 20 unless told.
 */
limit?: number, };

export type ClientBlock = { 
/**
 * Whom.
 */
sub: Text, };

export type ClientEditMsg = { 
/**
 * Where.
 */
conversationId: Text, 
/**
 * The message's place.
 */
seq: number, 
/**
 * The text by now.
 */
message: Text, 
/**
 * Whom it mentions by now.
 */
mentions?: Array<Text>, 
/**
 * The device's name for the edit, at most 64 bytes.
 */
clientMsgId: Text, };

export type ClientDelMsg = { 
/**
 * Where.
 */
conversationId: Text, 
/**
 * The message's place.
 */
seq: number, 
/**
 * The device's name for the deletion, at most 64 bytes.
 */
clientMsgId: Text, };

export type ClientReact = { 
/**
 * Where.
 */
conversationId: Text, 
/**
 * The message's place.
 */
seq: number, 
/**
 * One emoji.
 */
emoji: Text, 
/**
 * Whether; false takes it back.
 */
on: boolean, 
/**
 * The device's name for the reaction, at most 64 bytes.
 */
clientMsgId: Text, };

export type Role = "member" | "admin" | "owner";

export type History = "all" | "joined";

export type ClientCreateRoom = { 
/**
 * What it is called: 1 to 128 bytes.
 */
name: Text, 
/**
 * Who else is in it; at most 50.
 */
subs?: Array<Text>, 
/**
 * How much newcomers see; all unless told.
 */
history?: History, 
/**
 * The device's name for the room, at most 64 bytes: sent again it makes no second one.
 */
clientMsgId: Text, };

export type ClientInvite = { 
/**
 * The room.
 */
conversationId: Text, 
/**
 * Whom; at most 50.
 */
subs: Array<Text>, 
/**
 * The device's name for it, at most 64 bytes.
 */
clientMsgId: Text, };

export type ClientJoin = { 
/**
 * The link's secret.
 */
link: Text, 
/**
 * The device's name for it, at most 64 bytes.
 */
clientMsgId: Text, };

export type ClientLeave = { 
/**
 * The room.
 */
conversationId: Text, 
/**
 * The device's name for it, at most 64 bytes.
 */
clientMsgId: Text, };

export type ClientRemove = { 
/**
 * The room.
 */
conversationId: Text, 
/**
 * Whom.
 */
sub: Text, 
/**
 * The device's name for it, at most 64 bytes.
 */
clientMsgId: Text, };

export type ClientRename = { 
/**
 * The room.
 */
conversationId: Text, 
/**
 * How: 1 to 128 bytes.
 */
name: Text, 
/**
 * The device's name for it, at most 64 bytes.
 */
clientMsgId: Text, };

export type ClientSetRole = { 
/**
 * The room.
 */
conversationId: Text, 
/**
 * Whose.
 */
sub: Text, 
/**
 * Which.
 */
role: Role, 
/**
 * The device's name for it, at most 64 bytes.
 */
clientMsgId: Text, };

export type ClientFrame = ({ "action": "PING" } & ClientEmpty | { "action": "STATUS" } & ClientStatus | { "action": "GETMSG" } & ClientGetMsg | { "action": "SENDMSG" } & ClientSendMsg | { "action": "GREETING" } & ClientGreeting | { "action": "SYNC" } & ClientSync | { "action": "CONVERSATIONS" } & ClientConversations | { "action": "READ" } & ClientRead | { "action": "TYPING" } & ClientTyping | { "action": "WATCH" } & ClientWatch | { "action": "SEARCH" } & ClientSearch | { "action": "BLOCK" } & ClientBlock | { "action": "UNBLOCK" } & ClientBlock | { "action": "EDITMSG" } & ClientEditMsg | { "action": "DELMSG" } & ClientDelMsg | { "action": "REACT" } & ClientReact | { "action": "CREATEROOM" } & ClientCreateRoom | { "action": "INVITE" } & ClientInvite | { "action": "JOIN" } & ClientJoin | { "action": "LEAVE" } & ClientLeave | { "action": "REMOVE" } & ClientRemove | { "action": "RENAME" } & ClientRename | { "action": "SETROLE" } & ClientSetRole) & { requestId?: string };

export type Pong = { 
/**
 * `"PONG"`.
 */
value: Text, 
/**
 * Of the request.
 */
requestId?: Text, };

export type PartnerInfo = { 
/**
 * The username.
 */
value: Text, 
/**
 * The id.
 */
sub: Text, 
/**
 * Of the request.
 */
requestId?: Text, };

export type IsOnline = { 
/**
 * `"1"` or `"0"`.
 */
value: Text, 
/**
 * Who.
 */
sub: Text, 
/**
 * When the last connection ended, ms since the epoch, where he is offline and it is known.
 */
lastSeen?: number, 
/**
 * Of the request, on a direct answer.
 */
requestId?: Text, };

export type Ack = { 
/**
 * As the device called it.
 */
clientMsgId: Text, 
/**
 * Where.
 */
conversationId: Text, 
/**
 * The entry's name.
 */
messageId: Text, 
/**
 * The entry's place.
 */
seq: number, 
/**
 * When the server accepted it, ms since the epoch.
 */
timestamp: number, 
/**
 * Of the request.
 */
requestId?: Text, };

export type EntryKind = "message" | "edit" | "deletion" | "reaction" | "membership";

export type Attachment = { 
/**
 * Which.
 */
id: Text, 
/**
 * Its name.
 */
name: Text, 
/**
 * What it is, by its bytes.
 */
mediaType: Text, 
/**
 * In bytes.
 */
size: number, 
/**
 * Of a picture, in pixels.
 */
width?: number, 
/**
 * Of a picture, in pixels.
 */
height?: number, 
/**
 * Whether there is a small picture of it.
 */
hasThumbnail?: boolean, };

export type Reactions = { 
/**
 * With what.
 */
emoji: Text, 
/**
 * How many.
 */
count: number, 
/**
 * Who, the caller first; at most 20.
 */
subs: Array<Text>, };

export type Member = { 
/**
 * The id.
 */
sub: Text, 
/**
 * The name.
 */
username: Text, };

export type RoomChange = { "type": "created", 
/**
 * What it is called.
 */
name: Text, 
/**
 * How much newcomers see.
 */
history: History, 
/**
 * Who is in it, himself first.
 */
members: Array<Member>, } | { "type": "invited", 
/**
 * Whom.
 */
members: Array<Member>, } | { "type": "joined", 
/**
 * Himself.
 */
members: Array<Member>, } | { "type": "left" } | { "type": "removed", 
/**
 * Whom.
 */
sub: Text, } | { "type": "renamed", 
/**
 * How.
 */
name: Text, } | { "type": "role", 
/**
 * To whom.
 */
sub: Text, 
/**
 * Which.
 */
role: Role, };

export type Message = { 
/**
 * What it is, where it is no message, and in a `SYNC`.
 */
kind?: EntryKind, 
/**
 * Its name.
 */
messageId: Text, 
/**
 * Its place.
 */
seq: number, 
/**
 * The text; empty where there is none, or none any more.
 */
message: Text, 
/**
 * Who said it.
 */
fromSub: Text, 
/**
 * When the server accepted it, ms since the epoch.
 */
timestamp: number, 
/**
 * The sending device's clock, ms since the epoch.
 */
sentAt?: number, 
/**
 * As the sending device called it.
 */
clientMsgId?: Text, 
/**
 * The seq that it answers.
 */
replyTo?: number, 
/**
 * Whom it mentions.
 */
mentions?: Array<Text>, 
/**
 * Files that come with it.
 */
attachments?: Array<Attachment>, 
/**
 * When it was edited last, ms since the epoch.
 */
editedAt?: number, 
/**
 * Whether it is deleted.
 */
deleted?: boolean, 
/**
 * By emoji, the one that was used first first.
 */
reactions?: Array<Reactions>, 
/**
 * The place of the message that it changes.
 */
target?: number, 
/**
 * With what one reacts.
 */
emoji?: Text, 
/**
 * Whether one reacts so; false takes it back.
 */
on?: boolean, 
/**
 * What happened to a room.
 */
change?: RoomChange, };

export type SendMsg = { 
/**
 * Where.
 */
conversationId: Text, 
/**
 * To whom, in a direct conversation.
 */
toSub?: Text, 
/**
 * What it is, where it is no message, and in a `SYNC`.
 */
kind?: EntryKind, 
/**
 * Its name.
 */
messageId: Text, 
/**
 * Its place.
 */
seq: number, 
/**
 * The text; empty where there is none, or none any more.
 */
message: Text, 
/**
 * Who said it.
 */
fromSub: Text, 
/**
 * When the server accepted it, ms since the epoch.
 */
timestamp: number, 
/**
 * The sending device's clock, ms since the epoch.
 */
sentAt?: number, 
/**
 * As the sending device called it.
 */
clientMsgId?: Text, 
/**
 * The seq that it answers.
 */
replyTo?: number, 
/**
 * Whom it mentions.
 */
mentions?: Array<Text>, 
/**
 * Files that come with it.
 */
attachments?: Array<Attachment>, 
/**
 * When it was edited last, ms since the epoch.
 */
editedAt?: number, 
/**
 * Whether it is deleted.
 */
deleted?: boolean, 
/**
 * By emoji, the one that was used first first.
 */
reactions?: Array<Reactions>, 
/**
 * The place of the message that it changes.
 */
target?: number, 
/**
 * With what one reacts.
 */
emoji?: Text, 
/**
 * Whether one reacts so; false takes it back.
 */
on?: boolean, 
/**
 * What happened to a room.
 */
change?: RoomChange, };

export type GetMsg = { 
/**
 * Where.
 */
conversationId: Text, 
/**
 * Oldest first.
 */
messages: Array<Message>, 
/**
 * Whether there is more in the direction asked.
 */
hasMore: boolean, 
/**
 * Of the request.
 */
requestId?: Text, };

export type Entry = { 
/**
 * Where.
 */
conversationId: Text, 
/**
 * What it is, where it is no message, and in a `SYNC`.
 */
kind?: EntryKind, 
/**
 * Its name.
 */
messageId: Text, 
/**
 * Its place.
 */
seq: number, 
/**
 * The text; empty where there is none, or none any more.
 */
message: Text, 
/**
 * Who said it.
 */
fromSub: Text, 
/**
 * When the server accepted it, ms since the epoch.
 */
timestamp: number, 
/**
 * The sending device's clock, ms since the epoch.
 */
sentAt?: number, 
/**
 * As the sending device called it.
 */
clientMsgId?: Text, 
/**
 * The seq that it answers.
 */
replyTo?: number, 
/**
 * Whom it mentions.
 */
mentions?: Array<Text>, 
/**
 * Files that come with it.
 */
attachments?: Array<Attachment>, 
/**
 * When it was edited last, ms since the epoch.
 */
editedAt?: number, 
/**
 * Whether it is deleted.
 */
deleted?: boolean, 
/**
 * By emoji, the one that was used first first.
 */
reactions?: Array<Reactions>, 
/**
 * The place of the message that it changes.
 */
target?: number, 
/**
 * With what one reacts.
 */
emoji?: Text, 
/**
 * Whether one reacts so; false takes it back.
 */
on?: boolean, 
/**
 * What happened to a room.
 */
change?: RoomChange, };

export type Conversation = { 
/**
 * Which.
 */
conversationId: Text, 
/**
 * Who is in it; of a room, at most 8, oneself among them.
 */
members: Array<Member>, 
/**
 * A room: what it is called.
 */
name?: Text, 
/**
 * A room: how many are in it.
 */
memberCount?: number, 
/**
 * A room: one's role; absent where one is no member any more.
 */
role?: Role, 
/**
 * The newest entry's place.
 */
lastSeq: number, 
/**
 * Other people's messages after one's own cursor, exact up to 100.
 */
unread: number, 
/**
 * Read cursors by user, of those that have moved. Of a room of more
 * than 50, one's own.
 */
reads: Record<string, number>, 
/**
 * `SYNC` only: the gap is too wide for entries, take a new page.
 */
reset?: boolean, 
/**
 * `CONVERSATIONS` only: the newest message.
 */
last?: Message, };

export type Sync = { 
/**
 * Those that changed since `since`.
 */
conversations: Array<Conversation>, 
/**
 * Ascending in each conversation, after the cursors named.
 */
entries: Array<Entry>, 
/**
 * Whether a further frame follows unasked.
 */
more: boolean, 
/**
 * For the next `SYNC`. Only that of the last frame counts.
 */
since: Text, 
/**
 * Of the request.
 */
requestId?: Text, };

export type Conversations = { 
/**
 * Most recent first.
 */
conversations: Array<Conversation>, 
/**
 * Where the next page begins; absent at the end.
 */
cursor?: Text, 
/**
 * Of the request.
 */
requestId?: Text, };

export type Hit = { 
/**
 * Where.
 */
conversationId: Text, 
/**
 * Its place.
 */
seq: number, 
/**
 * Its name.
 */
messageId: Text, 
/**
 * Who said it.
 */
fromSub: Text, 
/**
 * When the server accepted it, ms since the epoch.
 */
timestamp: number, 
/**
 * Its text around the first match, on one line: about 200 characters,
 * with `…` where it is cut.
 */
excerpt: Text, 
/**
 * Where the matches are in `excerpt`: from and to of each, half open,
 * in UTF-16 code units, ascending.
 */
highlights: Array<[number, number]>, };

export type Search = { 
/**
 * The best first.
 */
hits: Array<Hit>, 
/**
 * Where the next page begins; absent at the end. A page may have few
 * hits or none and still not be the last.
 */
cursor?: Text, 
/**
 * Of the request.
 */
requestId?: Text, };

export type Read = { 
/**
 * Where.
 */
conversationId: Text, 
/**
 * Whose cursor.
 */
sub: Text, 
/**
 * Its place.
 */
seq: number, 
/**
 * Of the request, on the direct answer.
 */
requestId?: Text, };

export type Typing = { 
/**
 * Where.
 */
conversationId: Text, 
/**
 * Who.
 */
sub: Text, 
/**
 * Whether he types.
 */
on: boolean, };

export type Blocked = { 
/**
 * Whom.
 */
sub: Text, 
/**
 * Of the request, on the direct answer.
 */
requestId?: Text, };

export type Refused = { 
/**
 * From the closed list.
 */
code: ErrorCode, 
/**
 * A sentence for a person.
 */
error: Text, 
/**
 * Of the request.
 */
requestId?: Text, 
/**
 * Of the request.
 */
clientMsgId?: Text, 
/**
 * With `rate_limited`: when it may be tried again, in ms.
 */
retryAfterMs?: number, };

export type ServerFrame = { "action": "PING" } & Pong | { "action": "PARTNERINFO" } & PartnerInfo | { "action": "ISONLINE" } & IsOnline | { "action": "ACK" } & Ack | { "action": "SENDMSG" } & SendMsg | { "action": "GETMSG" } & GetMsg | { "action": "SYNC" } & Sync | { "action": "CONVERSATIONS" } & Conversations | { "action": "SEARCH" } & Search | { "action": "READ" } & Read | { "action": "TYPING" } & Typing | { "action": "BLOCK" } & Blocked | { "action": "UNBLOCK" } & Blocked | { "action": "EDITMSG" } & Entry | { "action": "DELMSG" } & Entry | { "action": "REACT" } & Entry | { "action": "MEMBERSHIP" } & Entry | { "action": "ERROR" } & Refused;
