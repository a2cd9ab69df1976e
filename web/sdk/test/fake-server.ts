import type { Socket } from "../src/index.ts";
import type {
  ClientFrame,
  Conversation,
  Entry,
  ErrorCode,
  Message,
  ServerFrame,
} from "../src/generated/wire.ts";
import { partnerIn } from "../src/ids.ts";
import { Connection } from "./fake-connection.ts";
import { shown } from "./fake-shown.ts";
import type { World } from "./world.ts";

/** What can go wrong. Each is asked anew for every frame, handshake or event. */
export interface Faults {
  refuse: () => boolean;
  /** An error in place of the answer; `after` it was carried out, or before. */
  fail: (
    frame: ClientFrame,
  ) => { code: ErrorCode; after: boolean; retryAfterMs?: number } | undefined;
  /** How long a frame travels, one way. */
  latency: () => number;
  /** Whether a frame overtakes others of its connection, as where each is handled by itself. */
  overtake: () => boolean;
  loseEvent: () => boolean;
  /** How much later than its turn an event comes. */
  delayEvent: () => number;
  /** How many of an answer's frames arrive. */
  arriving: (frames: number) => number;
}

interface Log {
  members: string[];
  entries: Entry[];
  reads: Map<string, number>;
  changed: number;
}

/** Limits small enough that a test reaches them. */
export const limits = { page: 7, listPage: 2, syncEntries: 4, syncConversations: 1, reset: 25 };

/**
 * A small server: a log per conversation, idempotency, acknowledgement, `SYNC`. It keeps the
 * protocol's promises, while the way to it need not.
 */
export class FakeServer {
  readonly faults: Faults = {
    refuse: () => false,
    fail: () => undefined,
    latency: () => 5,
    overtake: () => false,
    loseEvent: () => false,
    delayEvent: () => 0,
    arriving: (frames) => frames,
  };
  readonly world: World;
  readonly logs = new Map<string, Log>();
  readonly connections = new Set<Connection>();
  /** Every frame that was carried out, for tests to look at. */
  readonly received: { sub: string; frame: ClientFrame }[] = [];
  /** Whether a connection carries anything at all. */
  silent = false;
  tokens = new Map<string, string>();
  #changes = 0;
  #ids = 0;

  constructor(world: World) {
    this.world = world;
  }

  readonly openSocket = (url: string, protocols: string[]): Socket => {
    const query = new URL(url).searchParams;
    const level = query.get("level");
    const offered = protocols.find((name) => name.startsWith("aizuchi.token."))?.slice(14);
    const sub = this.tokens.get(offered ?? query.get("Authorizer") ?? "");
    return new Connection(this, level === "1" ? sub : undefined);
  };

  /** Closes every connection of `sub`, or of all. */
  close(code: number, sub?: string): void {
    for (const connection of [...this.connections]) {
      if (sub === undefined || connection.sub === sub) connection.closeByServer(code);
    }
  }

  log(conversationId: string): Log {
    let log = this.logs.get(conversationId);
    if (!log) {
      const [, a = "", b = ""] = conversationId.split(":").map(decodeURIComponent);
      log = { members: [a, b], entries: [], reads: new Map(), changed: 0 };
      this.logs.set(conversationId, log);
    }
    return log;
  }

  /** Appends as if `fromSub` had sent it on a device that is not part of the test. */
  append(conversationId: string, fromSub: string, message: string): Entry {
    return this.#append(conversationId, fromSub, { message, clientMsgId: `x${this.#ids}` }).entry;
  }

  /** Puts a log back to its first entries, as a backup does. */
  putBack(conversationId: string, entries: number): void {
    const log = this.log(conversationId);
    log.entries.length = entries;
    log.changed = ++this.#changes;
  }

  handle(connection: Connection, frame: ClientFrame): void {
    const { sub } = connection;
    if (sub === undefined) return;
    const failure = this.faults.fail(frame);
    const failed = (): void => {
      if (!failure) return;
      const { code, retryAfterMs } = failure;
      connection.answer([
        {
          action: "ERROR",
          code,
          error: "A fault of the test.",
          ...idOf(frame),
          ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
        },
      ]);
    };
    if (failure && !failure.after) {
      failed();
      return;
    }
    this.received.push({ sub, frame });
    const answers = this.#answers(connection, sub, frame);
    // An answer of several frames may break off, but has no hole: frames of one answer do not
    // overtake each other.
    const arriving = this.faults.arriving(answers.length);
    if (!failure) connection.answer(answers.slice(0, arriving));
    failed();
  }

  #answers(connection: Connection, sub: string, frame: ClientFrame): ServerFrame[] {
    switch (frame.action) {
      case "PING":
        return [{ action: "PING", value: "PONG" }];
      case "SENDMSG":
        return [this.#send(connection, sub, frame)];
      case "GETMSG":
        return [this.#page(sub, frame)];
      case "SYNC":
        return this.#sync(sub, frame);
      case "CONVERSATIONS":
        return [this.#list(sub, frame)];
      case "READ":
        return [{ ...this.read(frame.conversationId, sub, frame.seq, connection), ...idOf(frame) }];
      case "TYPING":
        this.#event(frame.conversationId, connection, { ...frame, sub }, (other) => other !== sub);
        return [];
      case "WATCH":
        connection.watched = frame.subs;
        return frame.subs.map((watched) => ({ ...this.#presence(watched), ...idOf(frame) }));
      case "BLOCK":
      case "UNBLOCK":
        return [{ action: frame.action, sub: frame.sub, ...idOf(frame) }];
      case "EDITMSG":
      case "DELMSG":
      case "REACT":
        return [this.#change(connection, sub, frame)];
      default:
        return []; // Of level 0 only, or not used here.
    }
  }

  #change(
    connection: Connection,
    sub: string,
    frame: ClientFrame & { action: "EDITMSG" | "DELMSG" | "REACT" },
  ): ServerFrame {
    const { action, conversationId, seq: target, clientMsgId } = frame;
    const change =
      action === "EDITMSG"
        ? { kind: "edit" as const, message: frame.message }
        : action === "DELMSG"
          ? { kind: "deletion" as const }
          : { kind: "reaction" as const, emoji: frame.emoji, on: frame.on };
    const said = { message: "", clientMsgId, target, ...change };
    const { entry, isNew } = this.#append(conversationId, sub, said);
    if (isNew) this.#event(conversationId, connection, { action, ...entry });
    const { messageId, seq, timestamp } = entry;
    const place = { conversationId, messageId, seq, timestamp };
    return { action: "ACK", clientMsgId, ...place, ...idOf(frame) };
  }

  #presence(sub: string): ServerFrame {
    const online = [...this.connections].some((other) => other.sub === sub && other.open);
    return { action: "ISONLINE", sub, value: online ? "1" : "0" };
  }

  presenceChanged(sub: string): void {
    for (const connection of this.connections) {
      if (connection.watched.includes(sub)) connection.event(this.#presence(sub));
    }
  }

  #send(
    connection: Connection,
    sub: string,
    frame: ClientFrame & { action: "SENDMSG" },
  ): ServerFrame {
    const { conversationId = "", clientMsgId = "" } = frame;
    if (partnerIn(conversationId, sub) === undefined) return forbidden(frame);
    const { attachments: ids, ...said } = frame;
    const attachments = ids?.map((id) => file(id));
    const { entry, isNew } = this.#append(conversationId, sub, {
      ...said,
      clientMsgId,
      ...(attachments ? { attachments } : {}),
    });
    const { kind: _, ...message } = entry;
    if (isNew) this.#event(conversationId, connection, { action: "SENDMSG", ...message });
    const { messageId, seq, timestamp } = entry;
    return {
      action: "ACK",
      clientMsgId,
      conversationId,
      messageId,
      seq,
      timestamp,
      ...idOf(frame),
    };
  }

  #append(
    conversationId: string,
    fromSub: string,
    sent: Pick<Entry, "message"> & { clientMsgId: string } & Partial<Entry>,
  ): { entry: Entry; isNew: boolean } {
    const log = this.log(conversationId);
    const { message, clientMsgId, sentAt, replyTo, kind = "message", target, emoji, on } = sent;
    const known = log.entries.find(
      (entry) => entry.fromSub === fromSub && entry.clientMsgId === clientMsgId,
    );
    if (known) return { entry: known, isNew: false };
    const entry: Entry = {
      conversationId,
      seq: log.entries.length + 1,
      kind,
      messageId: `m${++this.#ids}`,
      fromSub,
      message,
      timestamp: this.world.now(),
      clientMsgId,
      ...(sentAt === undefined ? {} : { sentAt }),
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(sent.attachments ? { attachments: sent.attachments } : {}),
      ...(target === undefined ? {} : { target }),
      ...(emoji === undefined ? {} : { emoji }),
      ...(on === undefined ? {} : { on }),
    };
    log.entries.push(entry);
    log.changed = ++this.#changes;
    return { entry, isNew: true };
  }

  #page(sub: string, frame: ClientFrame & { action: "GETMSG" }): ServerFrame {
    const { conversationId = "", before, after } = frame;
    if (partnerIn(conversationId, sub) === undefined) return forbidden(frame);
    const all = shown(this.logs.get(conversationId)?.entries ?? []);
    const limit = Math.min(frame.limit ?? 50, limits.page);
    const within =
      after !== undefined
        ? all.filter(({ seq }) => seq > after)
        : all.filter(({ seq }) => before === undefined || seq < before);
    const messages = after !== undefined ? within.slice(0, limit) : within.slice(-limit);
    const hasMore = within.length > messages.length;
    return { action: "GETMSG", conversationId, messages, hasMore, ...idOf(frame) };
  }

  #sync(sub: string, frame: ClientFrame & { action: "SYNC" }): ServerFrame[] {
    const since = Number(frame.since ?? 0);
    const conversations: Conversation[] = [];
    const entries: Entry[] = [];
    for (const [conversationId, log] of this.#logsOf(sub)) {
      if (log.changed <= since) continue;
      const cursor = frame.cursors?.[conversationId];
      const missing = cursor === undefined ? [] : log.entries.slice(cursor);
      const reset = missing.length > limits.reset || (cursor ?? 0) > log.entries.length;
      if (!reset) entries.push(...missing);
      conversations.push({
        ...this.#summary(conversationId, log, sub),
        ...(reset ? { reset } : {}),
      });
    }
    const frames: ServerFrame[] = [];
    do {
      frames.push({
        action: "SYNC",
        conversations: conversations.splice(0, limits.syncConversations),
        entries: conversations.length > 0 ? [] : entries.splice(0, limits.syncEntries),
        more: conversations.length > 0 || entries.length > 0,
        since: String(this.#changes),
        ...idOf(frame),
      });
    } while (conversations.length > 0 || entries.length > 0);
    // Both lists may have ended with the frame before.
    for (const [i, made] of frames.entries()) {
      if (made.action === "SYNC") made.more = i < frames.length - 1;
    }
    return frames;
  }

  #list(sub: string, frame: ClientFrame & { action: "CONVERSATIONS" }): ServerFrame {
    const all = this.#logsOf(sub)
      .map(([id, log]) => ({ ...this.#summary(id, log, sub), last: lastOf(log) }))
      .sort((a, b) => (b.last?.timestamp ?? 0) - (a.last?.timestamp ?? 0));
    const from = Number(frame.cursor ?? 0);
    const to = from + Math.min(frame.limit ?? 50, limits.listPage);
    return {
      action: "CONVERSATIONS",
      conversations: all
        .slice(from, to)
        .map(({ last, ...rest }) => (last ? { ...rest, last } : rest)),
      ...(to < all.length ? { cursor: String(to) } : {}),
      ...idOf(frame),
    };
  }

  /** Moves a cursor, as if on a device that is not part of the test unless `from` one that is. */
  read(conversationId: string, sub: string, wanted: number, from?: Connection): ServerFrame {
    const log = this.log(conversationId);
    const old = log.reads.get(sub) ?? 0;
    const seq = Math.max(old, Math.min(wanted, log.entries.length));
    const frame: ServerFrame = { action: "READ", conversationId, sub, seq };
    if (seq > old) {
      log.reads.set(sub, seq);
      log.changed = ++this.#changes;
      this.#event(conversationId, from, frame);
    }
    return frame;
  }

  #event(
    conversationId: string,
    from: Connection | undefined,
    frame: ServerFrame,
    to: (sub: string) => boolean = () => true,
  ): void {
    const { members } = this.log(conversationId);
    for (const connection of this.connections) {
      if (connection === from || connection.sub === undefined) continue;
      if (members.includes(connection.sub) && to(connection.sub)) connection.event(frame);
    }
  }

  #logsOf(sub: string): [string, Log][] {
    return [...this.logs].filter(([, log]) => log.entries.length > 0 && log.members.includes(sub));
  }

  #summary(conversationId: string, log: Log, sub: string): Conversation {
    const cursor = log.reads.get(sub) ?? 0;
    const unread = shown(log.entries).filter(
      (entry) => entry.fromSub !== sub && entry.seq > cursor && entry.deleted !== true,
    ).length;
    return {
      conversationId,
      members: log.members.map((member) => ({ sub: member, username: `name of ${member}` })),
      lastSeq: log.entries.length,
      unread: Math.min(unread, 100),
      reads: Object.fromEntries(log.reads),
    };
  }
}

function lastOf(log: Log): Message | undefined {
  return shown(log.entries).at(-1);
}

function idOf(frame: ClientFrame): { requestId?: string } {
  return "requestId" in frame ? { requestId: frame.requestId } : {};
}

function forbidden(frame: ClientFrame): ServerFrame {
  return { action: "ERROR", code: "forbidden", error: "Not a member.", ...idOf(frame) };
}

/** A file that was uploaded. */
export function file(id: string) {
  return { id, name: `${id}.txt`, mediaType: "text/plain", size: 1 };
}
