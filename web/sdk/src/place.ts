import type { Failure } from "./api.ts";
import type { Place, PlaceState } from "./conversation.ts";
import { PAGE_SIZE, PLACE_BELOW } from "./limits.ts";
import { Log } from "./log.ts";
import type { Message } from "./message.ts";
import type { ConversationModel } from "./model.ts";
import { type Derived, derived, sameItems, shallowEqual } from "./observable.ts";
import type { Page, PageRequest, Pages } from "./pages.ts";

/**
 * What lies around one entry, somewhere in a conversation's log. It grows at both ends, and becomes
 * one with the log that is held of the conversation's end as soon as the two meet.
 */
export class PlaceModel implements Place {
  readonly #model: ConversationModel;
  readonly #pages: Pages;
  readonly #seq: number;
  readonly #self: string;
  readonly #state: Derived<PlaceState>;
  /** Undefined where the place lies in the model's own log, or nothing is known yet. */
  #log: Log | undefined;
  /** How often the model's log had started over when this one was begun. */
  #restarts = 0;
  #loading = false;
  #error: Failure | undefined;

  constructor(model: ConversationModel, pages: Pages, self: string, seq: number) {
    this.#model = model;
    this.#pages = pages;
    this.#self = self;
    this.#seq = seq;
    this.#state = derived(() => this.#compute(), {
      equal: (a, b) =>
        shallowEqual({ ...a, messages: 0 }, { ...b, messages: 0 }) &&
        sameItems(a.messages, b.messages),
      onObserved: () => {
        model.places.add(this);
        this.look();
      },
      onUnobserved: () => {
        // A view that is built anew at once has not been left.
        queueMicrotask(() => {
          if (!this.#state.observed()) model.places.delete(this);
        });
      },
    });
  }

  readonly subscribe: Place["subscribe"] = (listener) => this.#state.subscribe(listener);

  readonly getSnapshot: Place["getSnapshot"] = () => this.#state.getSnapshot();

  readonly loadOlder = async (): Promise<void> => {
    const log = this.#log;
    if (!log) return this.#pages.older(this.#model);
    if (!isLoaded(log)) return this.#begin();
    if (log.floor === 0) return;
    const before = log.floor + 1;
    await this.#load({ before, limit: PAGE_SIZE }, ({ messages, hasMore }) => {
      log.prepend(messages, before, hasMore);
    });
  };

  readonly loadNewer = async (): Promise<void> => {
    const log = this.#log;
    if (!log || !isLoaded(log)) return;
    const after = log.head;
    await this.#load({ after, limit: PAGE_SIZE }, ({ messages, hasMore }) => {
      const end = messages.at(-1)?.seq ?? after;
      // The last page leads up to what is held.
      log.cover(messages, after, hasMore && end > after ? end : this.#model.log.floor);
    });
  };

  /** The message of this seq, if it is held here. */
  find(seq: number): Message | undefined {
    return this.#log?.messages.find((message) => message.seq === seq);
  }

  /** Messages were changed, of which some may be held here. */
  touch(changes: readonly Message[]): void {
    this.#log?.touch(changes);
  }

  /** The conversation changed. */
  look(): void {
    const { log } = this.#model;
    if (this.#log && this.#restarts !== log.restarts) this.#log = undefined;
    if (this.#log) this.#meet(this.#log);
    else if (this.#seq <= log.floor) void this.#begin();
    this.#state.invalidate();
  }

  async #begin(): Promise<void> {
    if (this.#loading) return;
    const before = this.#seq + PLACE_BELOW + 1;
    const log = new Log(this.#self);
    log.resume(before - 1, before - 1, []);
    this.#log = log;
    this.#restarts = this.#model.log.restarts;
    await this.#load({ before, limit: PAGE_SIZE }, ({ messages, hasMore }) => {
      log.prepend(messages, before, hasMore);
    });
    // Long messages make short pages.
    while (this.#log === log && log.floor >= this.#seq && !this.#error) await this.loadOlder();
  }

  async #load(
    request: Omit<PageRequest, "conversationId">,
    take: (page: Page) => void,
  ): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    this.#error = undefined;
    this.#state.invalidate();
    const log = this.#log;
    const result = await this.#pages.ask({ conversationId: this.#model.id, ...request });
    this.#loading = false;
    if (this.#log === log && log) {
      if ("code" in result) this.#error = result;
      else take(result);
      this.#meet(log);
    }
    this.look();
  }

  /** Becomes one with the model's log where they meet. */
  #meet(log: Log): void {
    if (!isLoaded(log) || !this.#model.log.meet(log)) return;
    this.#log = undefined;
    this.#model.changed();
  }

  #compute(): PlaceState {
    const { messages, loading, hasOlder, error } = this.#model.state.getSnapshot();
    if (!this.#log)
      return { messages, loading, hasOlder, hasNewer: false, ...(error && { error }) };
    return {
      messages: this.#log.messages.map(this.#model.viewer()),
      loading: this.#loading,
      hasOlder: this.#log.floor > 0,
      hasNewer: true,
      ...(this.#error && { error: this.#error }),
    };
  }
}

/** Whether a first page is there. */
function isLoaded({ floor, head }: Log): boolean {
  return floor < head;
}
