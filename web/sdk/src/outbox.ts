import type { Failure, KeyValueStore } from "./api.ts";
import { backoff } from "./backoff.ts";
import { AizuchiError, isPermanent } from "./errors.ts";
import { MAX_OUTBOX } from "./limits.ts";

/** A message that is not acknowledged yet. Never changed: a new one takes its place. */
export interface Unsent {
  readonly clientMsgId: string;
  readonly conversationId: string;
  readonly message: string;
  readonly replyTo?: number;
  readonly sentAt: number;
  /** Why it will not be sent again unless the person asks for it. */
  readonly failure?: Failure;
}

export interface OutboxOptions {
  readonly storage: KeyValueStore;
  /** Each message is kept under a key of its own, so that tabs do not overwrite each other's. */
  readonly prefix: string;
  readonly random: () => number;
  readonly setTimer: (run: () => void, ms: number) => () => void;
  readonly connected: () => boolean;
  /** Whether the message is known to be in the log. */
  readonly logged: (unsent: Unsent) => boolean;
  /** Sends a message. Calls back once: without a failure when it was acknowledged and taken in. */
  readonly transmit: (unsent: Unsent, done: (failure?: Failure) => void) => void;
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

/**
 * Keeps messages until they are in the log. Sending is idempotent by `clientMsgId`, so that in doubt
 * a message is sent again.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #queues = new Map<string, Queue>();
  /** Which messages were sent on another page. */
  readonly #adopted = new Set<string>();

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Whether anything waits that will be sent by itself. */
  get busy(): boolean {
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
    let count = 0;
    for (const { items } of this.#queues.values()) count += items.length;
    if (count >= MAX_OUTBOX) {
      throw new AizuchiError({ code: "unavailable", error: "Too many messages are waiting." });
    }
    this.#keep(unsent);
    this.#enqueue(unsent);
    this.#pump(unsent.conversationId);
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
    const { storage, prefix } = this.#options;
    for (const { items } of [...this.#queues.values()]) {
      for (const { conversationId, clientMsgId } of items) {
        // The page that it was adopted from has seen it through.
        const gone =
          this.#adopted.has(clientMsgId) && storage.get(prefix + clientMsgId) === undefined;
        if (gone) this.#remove(conversationId, clientMsgId);
      }
    }
    for (const key of storage.keys(prefix)) {
      const unsent = parse(storage.get(key));
      if (!unsent || key !== prefix + unsent.clientMsgId || this.#options.logged(unsent)) {
        storage.remove(key);
      } else if (!this.#has(unsent)) {
        this.#adopted.add(unsent.clientMsgId);
        this.#enqueue(unsent);
        this.#pump(unsent.conversationId);
      }
    }
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

  #pump(conversationId: string): void {
    const queue = this.#queues.get(conversationId);
    if (!queue || queue.flight || queue.stopTimer || !this.#options.connected()) return;
    const next = queue.items.find(({ failure }) => !failure);
    if (!next) return;
    const flight = { clientMsgId: next.clientMsgId };
    queue.flight = flight;
    this.#options.transmit(next, (failure) => {
      // A try that was given up may still be answered.
      if (queue.flight !== flight) return;
      delete queue.flight;
      if (failure) this.#failed(queue, next, failure);
      else this.settle(conversationId, next.clientMsgId);
    });
  }

  #failed(queue: Queue, unsent: Unsent, failure: Failure): void {
    const { conversationId, clientMsgId } = unsent;
    if (isPermanent(failure.code)) {
      this.#landed(queue);
      this.#replace(conversationId, clientMsgId, (unsent) => ({ ...unsent, failure }));
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
      this.#keep(changed);
      return changed;
    });
    this.#options.onChange(conversationId);
  }

  #remove(conversationId: string, clientMsgId: string): void {
    const queue = this.#queues.get(conversationId);
    if (!queue) return;
    queue.items = queue.items.filter((item) => item.clientMsgId !== clientMsgId);
    if (queue.items.length === 0) this.#queues.delete(conversationId);
    this.#adopted.delete(clientMsgId);
    this.#options.storage.remove(this.#options.prefix + clientMsgId);
    this.#options.onChange(conversationId);
  }

  #has({ conversationId, clientMsgId }: Unsent): boolean {
    return this.items(conversationId).some((item) => item.clientMsgId === clientMsgId);
  }

  #keep(unsent: Unsent): void {
    // Where the store is full, the message lives as long as the page.
    this.#options.storage.set(this.#options.prefix + unsent.clientMsgId, JSON.stringify(unsent));
  }
}

function parse(kept: string | undefined): Unsent | undefined {
  try {
    const unsent = JSON.parse(kept ?? "") as Partial<Unsent> | null;
    return typeof unsent?.clientMsgId === "string" &&
      typeof unsent.conversationId === "string" &&
      typeof unsent.message === "string" &&
      typeof unsent.sentAt === "number"
      ? (unsent as Unsent)
      : undefined;
  } catch {
    return undefined;
  }
}
