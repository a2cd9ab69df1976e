import { backoff } from "./backoff.ts";
import type { Book } from "./book.ts";
import type { Calls } from "./calls.ts";
import type { Failure } from "./api.ts";
import { INBOUND_BYTES, type ServerFrame } from "./generated/wire.ts";
import { byteLength } from "./ids.ts";
import { CONVERSATION_PAGE_SIZE, GAP_WAIT, MAX_CURSORS } from "./limits.ts";
import { entryMessage, type Message } from "./message.ts";
import type { ConversationModel } from "./model.ts";
import type { Pages } from "./pages.ts";

/** What the rest of a `SYNC` may take of its frame. */
const SYNC_OVERHEAD = 2_048;

export interface SyncOptions {
  readonly calls: Calls;
  readonly book: Book;
  readonly pages: Pages;
  readonly random: () => number;
  readonly setTimer: (run: () => void, ms: number) => () => void;
  readonly connected: () => boolean;
  /** Messages that came into place, in order. */
  readonly onAdded: (model: ConversationModel, added: readonly Message[]) => void;
  /** A message that the server has, whether in place or not. */
  readonly onSeen: (message: Message & { readonly conversationId: string }) => void;
}

/**
 * Brings this device to the state of one that never dropped: `SYNC` on every connection, and
 * whenever something comes up that only the server can tell.
 */
export class Sync {
  readonly #options: SyncOptions;
  #since: string | undefined;
  #resumed = false;
  #running = false;
  #again = false;
  #attempt = 0;
  #stopTimer: (() => void) | undefined;
  #listing: Promise<void> | undefined;

  constructor(options: SyncOptions) {
    this.#options = options;
  }

  /** Whether entries that seem to be missing may still be on their way. */
  get running(): boolean {
    return this.#running;
  }

  /** Up to where this device has been told all; undefined before the first time. */
  get since(): string | undefined {
    return this.#since;
  }

  /** Goes on from where an earlier visit left off. */
  resume(since: string): void {
    this.#since ??= since;
    this.#resumed = true;
  }

  up(): void {
    this.#attempt = 0;
    if (!this.#options.book.pages.loaded) void this.listMore();
    this.#run();
  }

  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  /** Asks for a `SYNC` now, unless one is under way. */
  check(): void {
    if (!this.#running) this.#run();
  }

  /** Asks for a `SYNC` soon, since something does not fit. */
  request(): void {
    if (this.#running) this.#again = true;
    else this.#runIn(GAP_WAIT);
  }

  /** Loads one more page of the list of conversations. */
  listMore(): Promise<void> {
    const { loaded, cursor } = this.#options.book.pages;
    if (loaded && cursor === undefined) return Promise.resolve();
    this.#listing ??= new Promise<void>((resolve) => {
      this.#list(cursor, resolve);
    }).then(() => {
      this.#listing = undefined;
    });
    return this.#listing;
  }

  #list(cursor: string | undefined, done: () => void): void {
    const { calls, book } = this.#options;
    calls.call(
      {
        action: "CONVERSATIONS",
        limit: CONVERSATION_PAGE_SIZE,
        ...(cursor === undefined ? {} : { cursor }),
      },
      {
        onAnswer: (frame) => {
          if (frame.action === "CONVERSATIONS") {
            this.#takeConversations(frame.conversations, new Map());
            book.listed(frame.cursor);
          }
          done();
          return false;
        },
        onFailure: (failure) => {
          done();
          if (!book.pages.loaded) this.#retry(failure);
        },
      },
    );
  }

  #runIn(ms: number): void {
    this.#stopTimer ??= this.#options.setTimer(() => {
      this.#stopTimer = undefined;
      if (!this.#options.connected()) return; // The next connection runs it.
      if (!this.#options.book.pages.loaded) void this.listMore();
      this.#run();
    }, ms);
  }

  #retry({ retryAfterMs = 0 }: Failure): void {
    this.#runIn(retryAfterMs + backoff(this.#attempt++, this.#options.random));
  }

  #run(): void {
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.stop();
    this.#running = true;
    this.#again = false;
    const cursors = this.#cursors();
    this.#options.calls.call(
      {
        action: "SYNC",
        ...(this.#since === undefined ? {} : { since: this.#since }),
        ...(cursors.size === 0 ? {} : { cursors: Object.fromEntries(cursors) }),
      },
      {
        onAnswer: (frame) => {
          if (frame.action !== "SYNC") return false;
          this.#take(frame, cursors);
          if (frame.more) return true;
          this.#since = frame.since;
          this.#done();
          return false;
        },
        onFailure: (failure) => {
          this.#running = false;
          if (!this.#options.connected()) return;
          // A `since` that the server does not take (any more) costs one full answer.
          if (failure.code === "invalid_request") this.#since = undefined;
          this.#retry(failure);
        },
      },
    );
  }

  #take(frame: ServerFrame & { action: "SYNC" }, cursors: ReadonlyMap<string, number>): void {
    this.#takeConversations(frame.conversations, cursors);
    const changed = new Map<ConversationModel, Message[]>();
    for (const entry of frame.entries) {
      const model = this.#options.book.get(entry.conversationId);
      const message = entryMessage(entry);
      if (message) this.#options.onSeen({ ...message, conversationId: entry.conversationId });
      const added = changed.get(model) ?? [];
      added.push(...model.log.add(entry.seq, message));
      changed.set(model, added);
    }
    for (const [model, added] of changed) this.#added(model, added);
  }

  #takeConversations(
    conversations: (ServerFrame & { action: "SYNC" })["conversations"],
    cursors: ReadonlyMap<string, number>,
  ): void {
    const { book } = this.#options;
    for (const told of conversations) {
      const model = book.get(told.conversationId);
      const added = model.apply(told, cursors.has(told.conversationId) ? "follow" : "absent");
      this.#added(model, added);
    }
  }

  #added(model: ConversationModel, added: readonly Message[]): void {
    // What came while there was no page is no news any more.
    const { book, onAdded } = this.#options;
    onAdded(model, this.#resumed && !book.synced ? [] : added);
  }

  #done(): void {
    const { book, pages } = this.#options;
    this.#running = false;
    this.#attempt = 0;
    book.settle();
    for (const model of book.all()) {
      pages.mend(model);
      if (model.miscounted) this.#again = true;
    }
    if (this.#again) this.#runIn(GAP_WAIT);
  }

  /** How far each log here reaches: those that hold messages first, of these the ones in view and the most recent. */
  #cursors(): Map<string, number> {
    const models = [...this.#options.book.all()].filter(
      ({ confirmed, gone }) => confirmed && !gone,
    );
    const recency = (model: ConversationModel): number =>
      model.state.observed() ? Infinity : (model.last?.timestamp ?? 0);
    // Those of which nothing is here have no message that could have been changed.
    const held = ({ log }: ConversationModel): number => (log.messages.length > 0 ? 1 : 0);
    models.sort((a, b) => held(b) - held(a) || recency(b) - recency(a) || 0);
    const cursors = new Map<string, number>();
    let room = INBOUND_BYTES - SYNC_OVERHEAD;
    for (const { id, log } of models.slice(0, MAX_CURSORS)) {
      room -= byteLength(JSON.stringify({ [id]: log.head }));
      if (room < 0) break;
      cursors.set(id, log.head);
    }
    return cursors;
  }
}
