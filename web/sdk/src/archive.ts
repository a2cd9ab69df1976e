import type { Person } from "./api.ts";
import { isMessage } from "./codec.ts";
import type { Role } from "./generated/wire.ts";
import type { Message } from "./message.ts";

/**
 * What a device keeps of one person's chat beyond the life of a page. All of it but the outbox is a
 * copy of what the server has: it may be gone at any time, and nothing here rejects.
 */
export interface Archive {
  /** All that is kept, each record as it was found. Undefined where nothing can be kept. */
  readonly load: () => Promise<Found | undefined>;
  /**
   * Keeps a change, all of it or nothing, merged with what other pages kept (`merge`). Where there is no room, the windows of the conversations
   * that were used longest ago go first, and the outbox never.
   */
  readonly save: (change: Change) => Promise<void>;
  /** Keeps a message that waits to be sent. Whether it is safe on the device now. */
  readonly keep: (unsent: { readonly clientMsgId: string }) => Promise<boolean>;
  /** What `keep` keeps, as it was found. */
  readonly unsent: () => Promise<readonly unknown[]>;
  /** Whether `keep` still keeps it. True where that cannot be known. */
  readonly keeps: (clientMsgId: string) => Promise<boolean>;
  readonly release: (clientMsgId: string) => Promise<void>;
  /** Calls back when another page of the same person kept a message, until the archive is closed. */
  readonly onKept: (listener: () => void) => void;
  /** Calls back when the browser threw everything away. */
  readonly onLost: (listener: () => void) => void;
  readonly close: () => void;
  /** Deletes everything. Nothing is kept from then on. */
  readonly wipe: () => Promise<void>;
}

/** How far the device had come. */
export interface Stamp {
  /** Of the last `SYNC`, up to which `conversations` are complete. */
  readonly since: string;
  /** Where the next page of the list begins; absent where there is none. */
  readonly cursor?: string;
}

/** A conversation as the list shows it. */
export interface KeptConversation {
  readonly conversationId: string;
  readonly members: readonly Person[];
  /** Each member's read cursor as the server has it. */
  readonly reads: Readonly<Record<string, number>>;
  /** One's own read cursor as this device has it. */
  readonly cursor: number;
  /** Of the entries up to `head`. */
  readonly unread: number;
  /** How far the log was known without a gap. */
  readonly head: number;
  readonly lastSeq: number;
  readonly last?: Message;
  /** What `ConversationSummary` says of a room. */
  readonly name?: string;
  readonly memberCount?: number;
  readonly role?: Role;
  /** Whether there is a newer one, of which only the place is known. */
  readonly wantsLast: boolean;
}

/** The newest messages of a conversation: all in (`floor`, `head`]. */
export interface KeptWindow {
  readonly conversationId: string;
  readonly floor: number;
  readonly head: number;
  readonly messages: readonly Message[];
  /** When the conversation was last used, by the device's clock. */
  readonly usedAt: number;
}

export interface Found {
  readonly stamp: unknown;
  readonly conversations: readonly unknown[];
  readonly windows: readonly unknown[];
}

export interface Change {
  readonly stamp: Stamp | undefined;
  readonly conversations: readonly KeptConversation[];
  readonly windows: readonly KeptWindow[];
}

export interface Kept {
  readonly stamp: Stamp | undefined;
  readonly conversations: readonly KeptConversation[];
  readonly windows: ReadonlyMap<string, KeptWindow>;
}

/**
 * Takes what makes sense of what was found. Where a conversation is lost, so is the stamp: the
 * server tells of all anew.
 */
export function understand(found: Found): Kept {
  const conversations = found.conversations.filter(isConversation);
  const complete = conversations.length === found.conversations.length;
  const windows = new Map<string, KeptWindow>();
  for (const window of found.windows)
    if (isWindow(window)) windows.set(window.conversationId, window);
  return {
    stamp: complete && isStamp(found.stamp) ? found.stamp : undefined,
    conversations,
    windows,
  };
}

/**
 * What is to be kept where another page may have kept more: a page that slept must not undo what one
 * that was awake has seen, since the stamp says that nothing is missing. `found` is what was found.
 */
export function merge(found: unknown, told: KeptConversation): KeptConversation {
  if (!isConversation(found)) return told;
  const base = found.head > told.head ? found : told;
  const reads: Record<string, number> = { ...found.reads };
  for (const [sub, seq] of Object.entries(told.reads)) reads[sub] = Math.max(seq, reads[sub] ?? 0);
  const cursor = Math.max(found.cursor, told.cursor);
  return {
    ...base,
    reads,
    cursor,
    lastSeq: Math.max(found.lastSeq, told.lastSeq),
    unread: cursor >= base.head ? 0 : base.unread,
  };
}

type Fields = Record<string, unknown>;

function fields(record: unknown): Fields {
  return (typeof record === "object" && record !== null ? record : {}) as Fields;
}

function isPlace(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isStamp(record: unknown): record is Stamp {
  const { since, cursor } = fields(record);
  return typeof since === "string" && (cursor === undefined || typeof cursor === "string");
}

function isConversation(record: unknown): record is KeptConversation {
  const { conversationId, members, reads, cursor, unread, head, lastSeq, last, wantsLast } =
    fields(record);
  const { name, memberCount, role } = fields(record);
  return (
    typeof conversationId === "string" &&
    Array.isArray(members) &&
    members.map(fields).every(({ sub, username }) => {
      return typeof sub === "string" && typeof username === "string";
    }) &&
    Object.values(fields(reads)).every(isPlace) &&
    [cursor, unread, head, lastSeq].every(isPlace) &&
    (last === undefined || isMessage(last)) &&
    [name, role].every((text) => text === undefined || typeof text === "string") &&
    (memberCount === undefined || isPlace(memberCount)) &&
    typeof wantsLast === "boolean"
  );
}

function isWindow(record: unknown): record is KeptWindow {
  const { conversationId, floor, head, messages } = fields(record);
  if (typeof conversationId !== "string" || !isPlace(floor) || !isPlace(head)) return false;
  if (!Array.isArray(messages) || !messages.every(isMessage)) return false;
  const seqs = [floor, ...(messages as Message[]).map(({ seq }) => seq)];
  return seqs.every((seq, i) => (i === 0 || seq > (seqs[i - 1] ?? 0)) && seq <= head);
}
