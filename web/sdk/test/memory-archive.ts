import {
  type Archive,
  type Change,
  type Found,
  type KeptConversation,
  type KeptWindow,
  merge,
  type Stamp,
} from "../src/archive.ts";
import type { Unsent } from "../src/unsent.ts";

/** What one browser keeps of one person, for all its pages. */
export class Disk {
  stamp: Stamp | undefined;
  readonly conversations = new Map<string, KeptConversation>();
  readonly windows = new Map<string, KeptWindow>();
  readonly outbox = new Map<string, Unsent>();
  readonly #pages = new Map<Archive, () => void>();
  /** Whether a write comes to an end. */
  stuck = false;

  get empty(): boolean {
    const { stamp, conversations, windows, outbox } = this;
    return !stamp && conversations.size + windows.size + outbox.size === 0;
  }

  /** The archive as one page holds it. What the page does after it died reaches nothing. */
  open(): Archive & { readonly die: () => void } {
    const copy = structuredClone;
    const done = (): Promise<void> =>
      this.stuck ? new Promise(() => undefined) : Promise.resolve();
    let over = false;
    const archive: Archive = {
      load: (): Promise<Found> => {
        const [conversations, windows] = [
          [...this.conversations.values()],
          [...this.windows.values()],
        ];
        return Promise.resolve(copy({ stamp: this.stamp, conversations, windows }));
      },
      save: ({ stamp, conversations, windows }: Change) => {
        if (over) return Promise.resolve();
        this.stamp = copy(stamp);
        const overtaken = new Set<string>();
        for (const one of conversations) {
          const merged = merge(this.conversations.get(one.conversationId), one);
          this.conversations.set(one.conversationId, copy(merged));
          if (merged.head !== one.head) overtaken.add(one.conversationId);
        }
        for (const one of windows) {
          if (!overtaken.has(one.conversationId)) this.windows.set(one.conversationId, copy(one));
        }
        return done();
      },
      keep: async (unsent) => {
        await done();
        if (over) return false;
        this.outbox.set(unsent.clientMsgId, copy(unsent as Unsent));
        for (const [page, listener] of this.#pages) if (page !== archive) listener();
        return true;
      },
      unsent: () => Promise.resolve(copy([...this.outbox.values()])),
      keeps: (clientMsgId) => Promise.resolve(this.outbox.has(clientMsgId)),
      release: (clientMsgId) => {
        if (!over) this.outbox.delete(clientMsgId);
        return done();
      },
      onKept: (listener) => {
        this.#pages.set(archive, listener);
      },
      onLost: () => undefined,
      close: () => {
        this.#pages.delete(archive);
      },
      wipe: () => {
        over = true;
        this.#pages.delete(archive);
        this.stamp = undefined;
        for (const store of [this.conversations, this.windows, this.outbox]) store.clear();
        return Promise.resolve();
      },
    };
    const die = (): void => {
      over = true;
      this.#pages.delete(archive);
    };
    return { ...archive, die };
  }
}
