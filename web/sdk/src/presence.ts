import type { Calls } from "./calls.ts";
import type { ClientFrame, ServerFrame } from "./generated/wire.ts";
import type { Failure, Observable, Presence } from "./api.ts";
import { MAX_WATCHED, PRESENCE_GRACE, WATCH_RETRY, WATCH_WAIT } from "./limits.ts";
import { isPermanent } from "./errors.ts";
import { sameItems, shallowEqual, value, type Value } from "./observable.ts";

const unknown: Presence = { online: false };

export interface PresenceOptions {
  readonly setTimer: (run: () => void, ms: number) => () => void;
  readonly connected: () => boolean;
  /** Tells the server whom to watch. Calls back once: without a failure when it has answered. */
  readonly watch: (subs: readonly string[], done: (failure?: Failure) => void) => void;
}

/** Watches those who are looked at, the most recent ones where they are too many. */
export class PresenceBook {
  readonly #options: PresenceOptions;
  readonly #people = new Map<string, Value<Presence>>();
  readonly #handles = new Map<string, Observable<Presence>>();
  /** How many look at each, in the order in which looking began. */
  readonly #observers = new Map<string, number>();
  #watched: readonly string[] = [];
  /** Which telling is under way. One at a time: the server might take the last one for an early one. */
  #telling: object | undefined;
  #again = false;
  #stopWatchTimer: (() => void) | undefined;
  #stopForgetTimer: (() => void) | undefined;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  of(sub: string): Observable<Presence> {
    let handle = this.#handles.get(sub);
    if (!handle) {
      const { subscribe, getSnapshot } = this.#value(sub);
      handle = {
        getSnapshot,
        subscribe: (listener) => {
          const leave = subscribe(listener);
          this.#observe(sub, 1);
          let left = false;
          return () => {
            if (left) return;
            left = true;
            leave();
            this.#observe(sub, -1);
          };
        },
      };
      this.#handles.set(sub, handle);
    }
    return handle;
  }

  told(sub: string, presence: Presence): void {
    this.#value(sub).set(presence);
  }

  up(): void {
    this.#stopForgetTimer?.();
    this.#stopForgetTimer = undefined;
    this.#watched = [];
    this.#telling = undefined;
    this.#watch();
  }

  /** Tells the server once more, which may have forgotten. */
  again(): void {
    this.#again = this.#observers.size > 0;
    this.#watch();
  }

  /** The connection is gone. Most come back soon, so that what is known stands a little longer. */
  down(): void {
    this.#stopForgetTimer ??= this.#options.setTimer(() => {
      this.#stopForgetTimer = undefined;
      for (const person of this.#people.values()) {
        if (person.getSnapshot().online) person.set(unknown);
      }
    }, PRESENCE_GRACE);
  }

  stop(): void {
    this.#stopForgetTimer?.();
    this.#stopWatchTimer?.();
    this.#stopForgetTimer = this.#stopWatchTimer = undefined;
  }

  #value(sub: string): Value<Presence> {
    let person = this.#people.get(sub);
    if (!person) {
      person = value(unknown, shallowEqual);
      this.#people.set(sub, person);
    }
    return person;
  }

  #observe(sub: string, change: 1 | -1): void {
    const count = (this.#observers.get(sub) ?? 0) + change;
    if (change > 0) this.#observers.delete(sub);
    if (count > 0) this.#observers.set(sub, count);
    else this.#observers.delete(sub);
    // A list that is scrolled changes by many at once.
    this.#watchIn(WATCH_WAIT);
  }

  #watch(): void {
    if (this.#telling || !this.#options.connected()) return;
    const subs = [...this.#observers.keys()].slice(-MAX_WATCHED).sort();
    if (!this.#again && sameItems(subs, this.#watched)) return;
    const telling = {};
    this.#telling = telling;
    this.#watched = subs;
    this.#again = false;
    this.#options.watch(subs, (failure) => {
      if (this.#telling !== telling) return; // It was told on a connection that is gone.
      this.#telling = undefined;
      if (failure) this.#retry(failure);
      else this.#watch();
    });
  }

  #retry({ code, retryAfterMs }: Failure): void {
    if (isPermanent(code) || !this.#options.connected()) return;
    this.#again = true;
    this.#watchIn(retryAfterMs ?? WATCH_RETRY);
  }

  #watchIn(ms: number): void {
    this.#stopWatchTimer ??= this.#options.setTimer(() => {
      this.#stopWatchTimer = undefined;
      this.#watch();
    }, ms);
  }
}

/** Watches by a call, which each of those watched answers. */
export function watchBy(
  calls: Calls,
  send: (frame: ClientFrame) => boolean,
  onPresence: (frame: ServerFrame & { action: "ISONLINE" }) => void,
): (subs: readonly string[], done: () => void) => void {
  return (subs, done) => {
    let missing = subs.length;
    if (missing === 0) {
      // Nothing answers this.
      send({ action: "WATCH", subs: [] });
      done();
      return;
    }
    calls.call(
      { action: "WATCH", subs: [...subs] },
      {
        onAnswer: (frame) => {
          if (frame.action === "ISONLINE") onPresence(frame);
          missing -= 1;
          if (missing === 0) done();
          return missing > 0;
        },
        onFailure: done,
      },
    );
  };
}
