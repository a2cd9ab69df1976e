import type { ConnectionState, Failure, MessageView, Person, Role } from "@aizuchi/sdk";

/** What a conversation of the fake begins with. */
export interface FakeConversation {
  partner: Person;
  messages: MessageView[];
  /** How many of the messages are there from the start, counted from the newest. */
  loaded?: number;
  unread?: number;
  typing?: boolean;
  draft?: string;
  /** How far the partner has read. */
  partnerReadSeq?: number;
  error?: Failure;
  /** The first page never comes. */
  stuck?: boolean;
}

export interface FakeRoom {
  id: string;
  name: string;
  members: readonly Person[];
  role?: Role;
  /** What others are; members unless told. */
  roles?: Readonly<Record<string, Role>>;
  /** How far each has read. */
  reads?: Readonly<Record<string, number>>;
  messages: MessageView[];
}

export interface FakeWorld {
  self: Person;
  rooms?: FakeRoom[];
  conversations?: FakeConversation[];
  /** Whom a lookup finds besides the partners. */
  strangers?: Person[];
  online?: string[];
  blocked?: Person[];
  lastSeen?: Record<string, number>;
  connection?: ConnectionState;
  /** The list is still on its way. */
  loading?: boolean;
}
