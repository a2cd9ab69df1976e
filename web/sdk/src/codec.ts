import type { ClientFrame, ServerFrame } from "./generated/wire.ts";

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string";
const number: Check = (value) => Number.isFinite(value);
const whole: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const flag: Check = (value) => typeof value === "boolean";
const bit: Check = (value) => value === "1" || value === "0";
const maybe =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const shape = (fields: Readonly<Record<string, Check>>): Check => {
  const checks = Object.entries(fields);
  return (value) =>
    typeof value === "object" &&
    value !== null &&
    checks.every(([name, check]) => check((value as Record<string, unknown>)[name]));
};

const people = list(shape({ sub: text, username: text }));
/** What happened to a room. What is not known (yet) is passed on as it is. */
const roomChange = shape({
  type: text,
  name: maybe(text),
  members: maybe(people),
  sub: maybe(text),
  role: maybe(text),
});
const changes: Readonly<Record<string, Check>> = {
  created: shape({ name: text, members: people }),
  invited: shape({ members: people }),
  joined: shape({ members: people }),
  left: () => true,
  removed: shape({ sub: text }),
  renamed: shape({ name: text }),
  role: shape({ sub: text, role: text }),
};
const isChange: Check = (value) => {
  const { type } = (value ?? {}) as { type?: unknown };
  if (!roomChange(value) || typeof type !== "string") return false;
  return !Object.hasOwn(changes, type) || changes[type]?.(value) === true;
};
export const isAttachments = list(shape({ id: text, name: text, mediaType: text, size: whole }));
const message = {
  messageId: text,
  seq: whole,
  message: text,
  fromSub: text,
  timestamp: number,
  sentAt: maybe(number),
  clientMsgId: maybe(text),
  replyTo: maybe(whole),
  editedAt: maybe(number),
  deleted: maybe(flag),
  kind: maybe(text),
  mentions: maybe(list(text)),
  attachments: maybe(isAttachments),
  reactions: maybe(list(shape({ emoji: text, count: whole, subs: list(text) }))),
  target: maybe(whole),
  emoji: maybe(text),
  on: maybe(flag),
  change: maybe(isChange),
};
const place = { conversationId: text, seq: whole };
/** Whether it is a message of a log, with whatever more it says. */
export const isMessage: Check = shape(message);
const isMessageEntry = shape({ ...message, ...place });
const isPlace = shape({ ...place, kind: text });
const kinds: Readonly<Record<string, Check>> = {
  message: isMessageEntry,
  edit: shape({ ...message, ...place, target: whole }),
  deletion: shape({ ...message, ...place, target: whole }),
  reaction: shape({ ...message, ...place, target: whole, emoji: text, on: flag }),
  membership: shape({ ...message, ...place, change: isChange }),
};
/** An entry of a kind that is not known here still takes its place in the log. */
const entry: Check = (value) => {
  if (!isPlace(value)) return false;
  const { kind } = value as { kind: string };
  return !Object.hasOwn(kinds, kind) || kinds[kind]?.(value) === true;
};
const reads: Check = (value) =>
  typeof value === "object" && value !== null && Object.values(value).every(whole);
const conversation = shape({
  conversationId: text,
  members: people,
  name: maybe(text),
  memberCount: maybe(whole),
  role: maybe(text),
  lastSeq: whole,
  unread: whole,
  reads,
  reset: maybe(flag),
  last: maybe(isMessage),
});

const span: Check = (value) => Array.isArray(value) && value.length === 2 && value.every(whole);
const hit = shape({
  ...place,
  messageId: text,
  fromSub: text,
  timestamp: number,
  excerpt: text,
  highlights: list(span),
});

const frames: Readonly<Record<ServerFrame["action"], Check>> = {
  PING: () => true,
  PARTNERINFO: shape({ value: text, sub: text }),
  ISONLINE: shape({ value: bit, sub: text, lastSeen: maybe(number) }),
  SENDMSG: isMessageEntry,
  EDITMSG: entry,
  DELMSG: entry,
  REACT: entry,
  MEMBERSHIP: entry,
  ACK: shape({ ...place, clientMsgId: text, messageId: text, timestamp: number }),
  GETMSG: shape({ conversationId: text, messages: list(isMessage), hasMore: flag }),
  SYNC: shape({ conversations: list(conversation), entries: list(entry), more: flag, since: text }),
  CONVERSATIONS: shape({ conversations: list(conversation), cursor: maybe(text) }),
  SEARCH: shape({ hits: list(hit), cursor: maybe(text) }),
  READ: shape({ ...place, sub: text }),
  TYPING: shape({ conversationId: text, sub: text, on: flag }),
  BLOCK: shape({ sub: text }),
  UNBLOCK: shape({ sub: text }),
  ERROR: shape({ code: text, error: text, clientMsgId: maybe(text), retryAfterMs: maybe(number) }),
};

export function encode(frame: ClientFrame): string {
  return JSON.stringify(frame);
}

/** A frame of the server, or undefined for one that is malformed or not known (yet). */
export function decode(data: unknown): ServerFrame | undefined {
  if (typeof data !== "string") return undefined;
  let frame: unknown;
  try {
    frame = JSON.parse(data);
  } catch {
    return undefined;
  }
  return isFrame(frame) ? frame : undefined;
}

/** Whether it is a frame of the server, well-formed and known. */
export function isFrame(frame: unknown): frame is ServerFrame {
  const { action, requestId } = (frame ?? {}) as Record<string, unknown>;
  if (typeof action !== "string" || !Object.hasOwn(frames, action)) return false;
  return maybe(text)(requestId) && frames[action as ServerFrame["action"]](frame);
}
