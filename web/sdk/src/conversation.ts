/** The public types of conversations and what is said in them. */

import type { Failure, Observable, Person } from "./api.ts";
import type { Reactions, Role, RoomChange } from "./generated/wire.ts";
import type { Attachment } from "./upload.ts";

export interface SendOptions {
  /** The seq of the message that it answers. */
  readonly replyTo?: number;
  /** What `client.attachments.upload` gave for this conversation; at most 10. */
  readonly attachments?: readonly Attachment[];
  /** Whom it mentions: ids of members, at most 50. */
  readonly mentions?: readonly string[];
}

export interface MessageView {
  /** Stays the same from pending to read: the key for a list. */
  readonly key: string;
  /** The place in the conversation; absent while pending or failed. */
  readonly seq?: number;
  readonly messageId?: string;
  /** What `retry` and `discard` take; present on one's own messages. */
  readonly clientMsgId?: string;
  readonly fromSub: string;
  /** Empty where `deleted`. */
  readonly text: string;
  readonly timestamp: number;
  /** `read` when every other member has read it. Other people's messages are always `sent`. */
  readonly state: "pending" | "sent" | "read" | "failed";
  /** Why it failed. */
  readonly error?: Failure;
  /** The seq of the message that this one answers. */
  readonly replyTo?: number;
  readonly editedAt?: number;
  readonly deleted?: boolean;
  /** Whom it mentions. */
  readonly mentions?: readonly string[];
  /** Files that came with it. */
  readonly attachments?: readonly Attachment[];
  /** By emoji, the one that was used first first. */
  readonly reactions?: readonly Reactions[];
  /** What happened to the room: then it is no message, and has no text. Kinds may come to be. */
  readonly change?: RoomChange;
}

export interface ConversationSummary {
  readonly id: string;
  /** The other one of a direct conversation. */
  readonly partner?: Person;
  /** Of a room, at most 8 of them. */
  readonly members: readonly Person[];
  /** A room: what it is called. A direct conversation has no name. */
  readonly name?: string;
  /** A room: how many are in it. */
  readonly memberCount?: number;
  /** A room: one's own role; absent where one is no member (any more). */
  readonly role?: Role;
  /** The newest message, one's own pending ones included. */
  readonly last?: MessageView;
  /** Other people's messages after one's own cursor; exact up to 100, which is also the most. */
  readonly unread: number;
  readonly lastSeq: number;
  /** Each member's read cursor, by sub. */
  readonly reads: Readonly<Record<string, number>>;
}

export interface ConversationList {
  /** The most recent first. */
  readonly items: readonly ConversationSummary[];
  /** Whether the first page has arrived: until then an empty list says nothing. */
  readonly loaded: boolean;
  readonly hasMore: boolean;
}

export interface ConversationState {
  /** Oldest first, without a gap; what is not sent yet is at the end. */
  readonly messages: readonly MessageView[];
  /** Whether older messages (or the first ones) are on their way. */
  readonly loading: boolean;
  readonly hasOlder: boolean;
  /**
   * The first message that was unread when the conversation came into view, once it is loaded.
   * Stays where it is while the conversation is observed, and is found anew the next time.
   */
  readonly firstUnreadSeq?: number;
  /** Who is typing now, oneself left out. */
  readonly typing: readonly string[];
  /** How far every other member has read. */
  readonly partnerReadSeq: number;
  readonly unread: number;
  /** Of a room, at most 8 of them. */
  readonly members: readonly Person[];
  readonly partner?: Person;
  /** A room: what it is called. A direct conversation has no name. */
  readonly name?: string;
  /** A room: how many are in it. */
  readonly memberCount?: number;
  /** A room: one's own role; absent where one is no member (any more). */
  readonly role?: Role;
  /** Why the last load failed; gone with the next one. */
  readonly error?: Failure;
  /** Why the last edit, deletion or reaction was undone; gone with the next one. */
  readonly refused?: Failure;
}

export interface PlaceState {
  /** Oldest first, without a gap. */
  readonly messages: readonly MessageView[];
  readonly loading: boolean;
  readonly hasOlder: boolean;
  /** Whether there are newer ones than these: they are not the conversation's newest then. */
  readonly hasNewer: boolean;
  /** Why the last load failed; gone with the next one. */
  readonly error?: Failure;
}

/** A place in a conversation. */
export interface Place extends Observable<PlaceState> {
  /** Loads one page of older messages, or the first one if that failed. Never rejects. */
  readonly loadOlder: () => Promise<void>;
  /** Loads one page of newer messages, if there are any. Never rejects. */
  readonly loadNewer: () => Promise<void>;
}

/** One conversation. The same id gives the same handle; it loads its newest page when observed. */
export interface Conversation extends Observable<ConversationState> {
  readonly id: string;
  /** Loads one page of older messages, if there are any and none is on its way. Never rejects. */
  readonly loadOlder: () => Promise<void>;
  /**
   * What lies around an entry, wherever in the log that is; loaded when observed, while the
   * conversation is observed too. To give up a place, stop observing it.
   */
  readonly around: (seq: number) => Place;
  /**
   * Shows the message at once as pending and sends it, now or when there is a connection again,
   * exactly once. Returns its `clientMsgId`.
   *
   * A message with files may be without a text. Each file goes with one message.
   *
   * @throws {AizuchiError} `invalid_request` for an empty text without files or for more than 10
   * files, `too_large` for one over the frame
   * limit, `unavailable` where too many are waiting. Nothing is kept then.
   */
  readonly send: (text: string, options?: SendOptions) => string;
  /**
   * One's own message reads `text` at once, and for all others soon. Like `remove` and `react` it is
   * done when there is a connection again, exactly once; where the server refuses it for good it is
   * undone, and `refused` says why.
   *
   * @throws {AizuchiError} `not_found` where there is no such message here, and as `send` does
   */
  readonly edit: (seq: number, text: string, options?: Pick<SendOptions, "mentions">) => void;
  /** Deletes a message for all. Throws as `edit` does. */
  readonly remove: (seq: number) => void;
  /** Reacts to a message, or takes that back. Throws as `edit` does. */
  readonly react: (seq: number, emoji: string, on: boolean) => void;
  /** Sends a failed message again. */
  readonly retry: (clientMsgId: string) => void;
  /** Forgets a failed message. */
  readonly discard: (clientMsgId: string) => void;
  /** One's own cursor moves to `seq` (never back) at once, and on the server soon after. */
  readonly markRead: (seq: number) => void;
  /** May be called on every key stroke. */
  readonly setTyping: (on: boolean) => void;
  /** The text that waits in the composer; it outlives the page. */
  readonly getDraft: () => string;
  readonly setDraft: (text: string) => void;
}

/** Somebody else's message, told once, in order, when it came after what was known. */
export interface MessageEvent {
  readonly conversationId: string;
  readonly from: Person;
  readonly message: MessageView;
}
