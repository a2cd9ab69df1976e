import type { Failure } from "./api.ts";
import { backoff } from "./backoff.ts";
import type { Answer, Calls } from "./calls.ts";
import { isPermanent } from "./errors.ts";
import { GAP_PAGE_SIZE, GAP_WAIT, PAGE_SIZE } from "./limits.ts";
import type { Message } from "./message.ts";
import type { ConversationModel } from "./model.ts";

/** So many pages are asked for at a time: after a long absence many conversations want one. */
const MAX_PARALLEL = 4;

export interface PagesOptions {
  readonly calls: Calls;
  readonly random: () => number;
  readonly setTimer: (run: () => void, ms: number) => () => void;
  readonly connected: () => boolean;
  /** Whether entries that seem to be missing may still be on their way. */
  readonly syncing: () => boolean;
  readonly onAdded: (model: ConversationModel, added: readonly Message[]) => void;
  readonly onSeen: (message: Message & { readonly conversationId: string }) => void;
}

export type Page = Answer & { action: "GETMSG" };

export interface PageRequest {
  readonly conversationId: string;
  readonly before?: number;
  readonly after?: number;
  readonly limit: number;
}

type Done = (result: Page | Failure) => void;

/** Fetches pages of conversations: older ones, and what is missing in between. */
export class Pages {
  readonly #options: PagesOptions;
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;
  #starting = false;
  /** Conversations whose gap is being closed, or will be by a timer. */
  readonly #mending = new Map<ConversationModel, (() => void) | undefined>();
  /** Conversations whose held messages are being got once more. */
  readonly #refreshing = new Set<ConversationModel>();
  #attempt = 0;

  constructor(options: PagesOptions) {
    this.#options = options;
  }

  stop(): void {
    for (const stopTimer of this.#mending.values()) stopTimer?.();
    this.#mending.clear();
  }

  /** Loads one page of older messages. */
  older(model: ConversationModel, limit = PAGE_SIZE): Promise<void> {
    if (model.loading || !model.hasOlder) return Promise.resolve();
    model.loading = true;
    model.error = undefined;
    model.changed();
    const before = model.log.floor + 1;
    return new Promise((resolve) => {
      this.#get({ conversationId: model.id, before, limit }, (result) => {
        model.loading = false;
        if ("code" in result) {
          model.error = result;
          this.#retry(model, result);
        } else {
          this.#attempt = 0;
          if (model.log.prepend(result.messages, before, result.hasMore)) {
            model.wantsLast = false;
            if (limit === PAGE_SIZE) model.primed = true;
          }
          this.#seen(model, result.messages);
          this.mend(model);
        }
        model.changed();
        resolve();
      });
    });
  }

  /** Gets what a conversation needs: entries that are missing, and the page that is looked at. */
  mend(model: ConversationModel): void {
    if (!this.#options.connected() || model.gone) return;
    if (model.log.stale > 0) this.#refresh(model);
    if (model.log.gap && !this.#options.syncing()) this.#close(model);
    if (model.state.observed() && (!model.primed || model.error)) void this.older(model);
    else if (model.wantsLast) void this.older(model, 1);
  }

  /** An entry came early: those before it get some time to come by themselves. */
  expect(model: ConversationModel): void {
    if (!this.#mending.has(model)) this.#mendIn(model, GAP_WAIT);
  }

  #mendIn(model: ConversationModel, ms: number): void {
    const stopTimer = this.#options.setTimer(() => {
      this.#mending.delete(model);
      this.mend(model);
    }, ms);
    this.#mending.set(model, stopTimer);
  }

  #close(model: ConversationModel): void {
    if (this.#mending.has(model)) {
      const stopTimer = this.#mending.get(model);
      if (!stopTimer) return; // It is under way.
      stopTimer();
    }
    this.#mending.set(model, undefined);
    const after = model.log.head;
    // The answer is younger than the question: it tells all up to what was known to exist then.
    const target = model.log.known;
    this.#get({ conversationId: model.id, after, limit: GAP_PAGE_SIZE }, (result) => {
      this.#mending.delete(model);
      if ("code" in result) {
        this.#retry(model, result);
        return;
      }
      this.#attempt = 0;
      const { messages, hasMore } = result;
      const end = messages.at(-1)?.seq ?? after;
      const through = hasMore && end > after ? end : Math.max(end, target);
      this.#seen(model, messages);
      this.#options.onAdded(model, model.log.cover(messages, after, through));
      this.mend(model);
    });
  }

  /** Gets the messages that are held once more, since changes of them were left out. */
  #refresh(model: ConversationModel): void {
    if (this.#refreshing.has(model)) return;
    this.#refreshing.add(model);
    const { log } = model;
    const target = log.stale;
    const from = Math.min(log.floor, (log.told?.seq ?? Infinity) - 1);
    const next = (after: number): void => {
      this.#get({ conversationId: model.id, after, limit: GAP_PAGE_SIZE }, (result) => {
        if ("code" in result) {
          this.#refreshing.delete(model);
          this.#retry(model, result);
          return;
        }
        this.#attempt = 0;
        const { messages, hasMore } = result;
        log.refresh(messages);
        const end = messages.at(-1)?.seq ?? after;
        if (hasMore && end > after && end < target) {
          next(end);
          return;
        }
        this.#refreshing.delete(model);
        if (log.stale === target) log.stale = 0;
        model.changed();
        this.mend(model);
      });
    };
    next(from);
  }

  #seen({ id }: ConversationModel, messages: readonly Message[]): void {
    for (const message of messages) this.#options.onSeen({ ...message, conversationId: id });
  }

  #retry(model: ConversationModel, failure: Failure): void {
    if (isPermanent(failure.code) || !this.#options.connected()) return;
    if (this.#mending.has(model)) return;
    const wait = (failure.retryAfterMs ?? 0) + backoff(this.#attempt++, this.#options.random);
    this.#mendIn(model, wait);
  }

  /** Gets a page for itself. */
  ask(request: PageRequest): Promise<Page | Failure> {
    return new Promise((resolve) => {
      this.#get(request, resolve);
    });
  }

  #get(request: PageRequest, done: Done): void {
    this.#waiting.push(() => {
      const end = (result: Page | Failure): void => {
        this.#underWay -= 1;
        done(result);
        this.#next();
      };
      this.#options.calls.call(
        { action: "GETMSG", ...request },
        {
          onAnswer: (frame) => {
            end(
              frame.action === "GETMSG"
                ? frame
                : { code: "unavailable", error: "The server's answer makes no sense." },
            );
            return false;
          },
          onFailure: end,
        },
      );
    });
    this.#next();
  }

  #next(): void {
    if (this.#starting) return; // A job may fail at once: the loop goes on, not deeper.
    this.#starting = true;
    while (this.#underWay < MAX_PARALLEL) {
      const job = this.#waiting.shift();
      if (!job) break;
      this.#underWay += 1;
      job();
    }
    this.#starting = false;
  }
}
