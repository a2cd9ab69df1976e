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

export type ClientBlock = { 
/**
 * Whom.
 */
sub: Text, };

export type ClientFrame = ({ "action": "PING" } & ClientEmpty | { "action": "STATUS" } & ClientStatus | { "action": "GETMSG" } & ClientGetMsg | { "action": "SENDMSG" } & ClientSendMsg | { "action": "GREETING" } & ClientGreeting | { "action": "SYNC" } & ClientSync | { "action": "CONVERSATIONS" } & ClientConversations | { "action": "READ" } & ClientRead | { "action": "TYPING" } & ClientTyping | { "action": "WATCH" } & ClientWatch | { "action": "BLOCK" } & ClientBlock | { "action": "UNBLOCK" } & ClientBlock) & { requestId?: string };

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

export type Message = { 
/**
 * Its name.
 */
messageId: Text, 
/**
 * Its place.
 */
seq: number, 
/**
 * The text.
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
replyTo?: number, };

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
 * Its name.
 */
messageId: Text, 
/**
 * Its place.
 */
seq: number, 
/**
 * The text.
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
replyTo?: number, };

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

export type EntryKind = "message";

export type Entry = { 
/**
 * Where.
 */
conversationId: Text, 
/**
 * What it is.
 */
kind: EntryKind, 
/**
 * Its name.
 */
messageId: Text, 
/**
 * Its place.
 */
seq: number, 
/**
 * The text.
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
replyTo?: number, };

export type Member = { 
/**
 * The id.
 */
sub: Text, 
/**
 * The name.
 */
username: Text, };

export type Conversation = { 
/**
 * Which.
 */
conversationId: Text, 
/**
 * Who is in it.
 */
members: Array<Member>, 
/**
 * The newest entry's place.
 */
lastSeq: number, 
/**
 * Other people's messages after one's own cursor, exact up to 100.
 */
unread: number, 
/**
 * Read cursors by user, of those that have moved.
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

export type ServerFrame = { "action": "PING" } & Pong | { "action": "PARTNERINFO" } & PartnerInfo | { "action": "ISONLINE" } & IsOnline | { "action": "ACK" } & Ack | { "action": "SENDMSG" } & SendMsg | { "action": "GETMSG" } & GetMsg | { "action": "SYNC" } & Sync | { "action": "CONVERSATIONS" } & Conversations | { "action": "READ" } & Read | { "action": "TYPING" } & Typing | { "action": "BLOCK" } & Blocked | { "action": "UNBLOCK" } & Blocked | { "action": "ERROR" } & Refused;
