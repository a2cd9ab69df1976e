import type { Failure } from "./api.ts";
import { backoff } from "./backoff.ts";
import { AizuchiError, isPermanent } from "./errors.ts";
import { KEEP_TIMEOUT, MAX_OUTBOX } from "./limits.ts";
import { always, type Turn } from "./turns.ts";
import { isUnsent, type Unsent, type UnsentStore } from "./unsent.ts";

export interface OutboxOptions {
  readonly store: UnsentStore;
  /** Whose turn it is to send in a conversation, among the pages that share the store. */
  readonly turn?: Turn;
  readonly random: () => number;
  readonly setTimer: (run: () => void, ms: number) => () => void;
  readonly connected: () => boolean;
  /** Whether the message is known to be in the log. */
  readonly logged: (unsent: Unsent) => boolean;
  /** Sends a message. Calls back once: without a failure when it was acknowledged and taken in. */
  readonly transmit: (unsent: Unsent, done: (failure?: Failure) => void) => void;
  /** What was to be done to a message or a room was refused for good, and is forgotten. */
  readonly onRefused: (unsent: Unsent, failure: Failure) => void;
  /** It is kept no longer. */
  readonly onGone?: (unsent: Unsent) => void;
  readonly onChange: (conversationId: string) => void;
}

interface Queue {
  /** In the order of sending. */
  items: readonly Unsent[];
  /** The try under way. One at a time, so that the person's order holds. */
  flight?: { readonly clientMsgId: string };
  attempt: number;
  stopTimer?: () => void;
}

/** Messages that were seen through are known for so long that no old reading of the store brings them back. */
const MAX_DONE = 1_000;

/**
 * Keeps messages until they are in the log. Sending is idempotent by `clientMsgId`, so that in doubt
 * a message is sent again.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #queues = new Map<string, Queue>();
  /** Which messages were sent on another page. */
  readonly #adopted = new Set<string>();
  /** Which are on their way into the store, and are shown and sent once they are safe there. */
  readonly #storing = new Map<string, { readonly unsent: Unsent; stored: boolean }>();
  /** Which are not in the store, for want of time or room: they live as long as the page. */
  readonly #unkept = new Set<string>();
  readonly #done = new Set<string>();
  /** Comes true when what was seen through is out of the store. */
  #released: Promise<void> | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Whether anything waits that will be sent by itself. */
  get busy(): boolean {
    if (this.#storing.size > 0) return true;
    for (const { items } of this.#queues.values()) {
      if (items.some(({ failure }) => !failure)) return true;
    }
    return false;
  }

  items(conversationId: string): readonly Unsent[] {
    return this.#queues.get(conversationId)?.items ?? [];
  }

  /** @throws {AizuchiError} `unavailable` where too many are waiting */
  add(unsent: Unsent): void {
    let count = this.#storing.size;
    for (const { items } of this.#queues.values()) count += items.length;
    if (count >= MAX_OUTBOX) {
      throw new AizuchiError({ code: "unavailable", error: "Too many messages are waiting." });
    }
    const storing = { unsent, stored: false };
    this.#storing.set(unsent.clientMsgId, storing);
    const stored = (): void => {
      storing.stored = true;
      this.#show();
    };
    this.#soon(this.#keep(unsent), stored);
  }

  retry(conversationId: string, clientMsgId: string): void {
    this.#replace(conversationId, clientMsgId, (item) => {
      const { failure: _forgiven, ...unsent } = item;
      return unsent;
    });
    this.#pump(conversationId);
  }

  discard(conversationId: string, clientMsgId: string): void {
    const item = this.items(conversationId).find((item) => item.clientMsgId === clientMsgId);
    if (item?.failure) this.#remove(conversationId, clientMsgId);
  }

  /** The message is in the log: nothing is left to do. */
  settle(conversationId: string, clientMsgId: string): void {
    const queue = this.#queues.get(conversationId);
    if (!queue?.items.some((item) => item.clientMsgId === clientMsgId)) return;
    if (queue.flight?.clientMsgId === clientMsgId) this.#landed(queue);
    this.#remove(conversationId, clientMsgId);
    this.#pump(conversationId);
  }

  /**
   * Takes over what is kept and not known here: from before a reload, or of another page. That page
   * may be closed, or send it as well, which does no harm.
   */
  adopt(): void {
    const records = this.#options.store.all();
    if (records instanceof Promise) {
      void records.then((records) => {
        this.#adopt(records);
      });
    } else {
      this.#adopt(records);
    }
  }

  /** What the device kept is lost: all of it is kept anew. */
  lost(): void {
    for (const { items } of this.#queues.values()) for (const item of items) void this.#keep(item);
  }

  /** There is a connection (again): waits are over. */
  up(): void {
    for (const queue of this.#queues.values()) this.#landed(queue);
    this.adopt();
    for (const conversationId of [...this.#queues.keys()]) this.#pump(conversationId);
  }

  stop(): void {
    for (const queue of this.#queues.values()) this.#landed(queue);
  }

  /** Goes on when the store has done its part, or takes too long. */
  #soon(part: Promise<void> | undefined, goOn: () => void): void {
    if (!part) {
      goOn();
      return;
    }
    const stopTimer = this.#options.setTimer(goOn, KEEP_TIMEOUT);
    void part.then(() => {
      stopTimer();
      goOn();
    });
  }

  /** Shows and sends what is in the store, in the order in which it was written. */
  #show(): void {
    for (const [clientMsgId, { unsent, stored }] of this.#storing) {
      if (!stored) break;
      this.#storing.delete(clientMsgId);
      this.#enqueue(unsent);
      this.#pump(unsent.conversationId);
    }
  }

  #pump(conversationId: string): void {
    const queue = this.#queues.get(conversationId);
    if (!queue || queue.flight || queue.stopTimer || !this.#options.connected()) return;
    const next = queue.items.find(({ failure }) => !failure);
    if (!next) return;
    const flight = { clientMsgId: next.clientMsgId };
    queue.flight = flight;
    (this.#options.turn ?? always)(conversationId, (done) => {
      const end = (): void => {
        // Whose turn comes next must not find it in the store.
        this.#soon(this.#released, done);
      };
      const go = (waits: boolean): void => {
        // A try that was given up meanwhile is none any more.
        if (queue.flight !== flight) end();
        else if (waits) this.#transmit(queue, next, flight, end);
        else {
          // Another page has seen it through.
          delete queue.flight;
          this.#remove(conversationId, next.clientMsgId);
          end();
          this.#pump(conversationId);
        }
      };
      const waits =
        this.#unkept.has(next.clientMsgId) || this.#options.store.keeps(next.clientMsgId);
      if (typeof waits === "boolean") go(waits);
      else void waits.then(go);
    });
  }

  #transmit(queue: Queue, unsent: Unsent, flight: object, end: () => void): void {
    this.#options.transmit(unsent, (failure) => {
      // A try that was given up may still be answered.
      if (queue.flight !== flight) {
        end();
        return;
      }
      delete queue.flight;
      if (failure) {
        this.#failed(queue, unsent, failure);
        end();
      } else {
        queue.attempt = 0;
        this.#remove(unsent.conversationId, unsent.clientMsgId);
        end();
        this.#pump(unsent.conversationId);
      }
    });
  }

  #failed(queue: Queue, unsent: Unsent, failure: Failure): void {
    const { conversationId, clientMsgId } = unsent;
    if (isPermanent(failure.code)) {
      this.#landed(queue);
      if (unsent.act || unsent.change) {
        this.#options.onRefused(unsent, failure);
        this.#remove(conversationId, clientMsgId);
      } else {
        this.#replace(conversationId, clientMsgId, (unsent) => ({ ...unsent, failure }));
      }
      this.#pump(conversationId);
      return;
    }
    if (!this.#options.connected()) return; // The next connection pumps.
    const ms = (failure.retryAfterMs ?? 0) + backoff(queue.attempt++, this.#options.random);
    queue.stopTimer = this.#options.setTimer(() => {
      delete queue.stopTimer;
      this.#pump(conversationId);
    }, ms);
  }

  #landed(queue: Queue): void {
    queue.stopTimer?.();
    delete queue.stopTimer;
    delete queue.flight;
    queue.attempt = 0;
  }

  #adopt(records: readonly unknown[]): void {
    const kept = new Map<string, Unsent>();
    for (const record of records) if (isUnsent(record)) kept.set(record.clientMsgId, record);
    for (const { items } of [...this.#queues.values()]) {
      for (const { conversationId, clientMsgId } of items) {
        // The page that it was adopted from has seen it through.
        const gone = this.#adopted.has(clientMsgId) && !kept.has(clientMsgId);
        if (gone) this.#remove(conversationId, clientMsgId);
      }
    }
    const adopted = new Set<string>();
    for (const unsent of kept.values()) {
      const { clientMsgId, conversationId } = unsent;
      if (this.#done.has(clientMsgId) || this.#options.logged(unsent)) {
        void this.#options.store.release(clientMsgId);
      } else if (!this.#storing.has(clientMsgId) && !this.#has(unsent)) {
        this.#adopted.add(clientMsgId);
        this.#enqueue(unsent);
        adopted.add(conversationId);
      }
    }
    for (const conversationId of adopted) this.#pump(conversationId);
  }

  #enqueue(unsent: Unsent): void {
    const { conversationId } = unsent;
    const queue = this.#queues.get(conversationId) ?? { items: [], attempt: 0 };
    this.#queues.set(conversationId, queue);
    // The ids ascend with time, across reloads too.
    queue.items = [...queue.items, unsent].sort((a, b) => (a.clientMsgId < b.clientMsgId ? -1 : 1));
    this.#options.onChange(conversationId);
  }

  #replace(conversationId: string, clientMsgId: string, change: (unsent: Unsent) => Unsent): void {
    const queue = this.#queues.get(conversationId);
    if (!queue) return;
    queue.items = queue.items.map((item) => {
      if (item.clientMsgId !== clientMsgId) return item;
      const changed = change(item);
      void this.#keep(changed);
      return changed;
    });
    this.#options.onChange(conversationId);
  }

  #remove(conversationId: string, clientMsgId: string): void {
    const queue = this.#queues.get(conversationId);
    if (!queue) return;
    const gone = queue.items.find((item) => item.clientMsgId === clientMsgId);
    queue.items = queue.items.filter((item) => item !== gone);
    if (queue.items.length === 0) this.#queues.delete(conversationId);
    this.#adopted.delete(clientMsgId);
    this.#unkept.delete(clientMsgId);
    this.#done.add(clientMsgId);
    for (const oldest of this.#done) {
      if (this.#done.size <= MAX_DONE) break;
      this.#done.delete(oldest);
    }
    this.#released = this.#options.store.release(clientMsgId);
    if (gone) this.#options.onGone?.(gone);
    this.#options.onChange(conversationId);
  }

  #has({ conversationId, clientMsgId }: Unsent): boolean {
    return this.items(conversationId).some((item) => item.clientMsgId === clientMsgId);
  }

  /** Undefined where it is done at once. Where there is no room, the message lives as long as the page. */
  #keep(unsent: Unsent): Promise<void> | undefined {
    const note = (kept: boolean): void => {
      if (kept) this.#unkept.delete(unsent.clientMsgId);
    };
    this.#unkept.add(unsent.clientMsgId);
    const kept = this.#options.store.keep(unsent);
    if (typeof kept !== "boolean") return kept.then(note);
    note(kept);
    return undefined;
  }
}
