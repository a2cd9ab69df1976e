import type { Message } from "./message.ts";
import { KEPT_MESSAGES } from "./limits.ts";

/** More than this is not held back: a page brings it again. */
const MAX_EARLY = 1_000;

/**
 * What is known of a conversation's log: everything in (`floor`, `head`], and beyond it what came
 * early and is held back. An entry that is no message takes its place without being one.
 *
 * Invariants: `messages` ascends by seq within (`floor`, `head`]; `early` holds only what is beyond
 * `head` + 1; `floor` ≤ `head` ≤ `known`.
 */
export class Log {
  floor = 0;
  head = 0;
  /** The highest seq that is known to exist. */
  known = 0;
  messages: readonly Message[] = [];
  readonly #early = new Map<number, Message | undefined>();

  /** Whether entries are missing that are known to exist. */
  get gap(): boolean {
    return this.known > this.head;
  }

  /** The messages that came early. */
  get early(): Message[] {
    return [...this.#early.values()]
      .filter((message) => message !== undefined)
      .sort((a, b) => a.seq - b.seq);
  }

  /** An entry of this seq exists. */
  note(seq: number): void {
    this.known = Math.max(this.known, seq);
  }

  /** Takes an entry. Returns the messages that are in place now and were not before. */
  add(seq: number, message: Message | undefined): readonly Message[] {
    this.note(seq);
    if (seq <= this.head || this.#early.has(seq)) return [];
    if (seq > this.head + 1) {
      if (this.#early.size < MAX_EARLY) this.#early.set(seq, message);
      return [];
    }
    this.head = seq;
    return this.#advance(message ? [message] : []);
  }

  /**
   * Takes an answer that tells all that there is in (`after`, `through`]. Returns the messages that
   * are in place now and were not before.
   */
  cover(page: readonly Message[], after: number, through: number): readonly Message[] {
    this.note(through);
    if (after > this.head || through <= this.head) return [];
    const added = page.filter(({ seq }) => seq > this.head && seq <= through);
    this.head = through;
    return this.#advance(added);
  }

  /**
   * Takes a page of older messages, which ends before `before`. Returns whether it joined: one that
   * was asked for before the log started over does not.
   */
  prepend(page: readonly Message[], before: number, hasMore: boolean): boolean {
    if (before !== this.floor + 1) return false;
    const older = page.filter(({ seq }) => seq < before);
    const first = older[0];
    this.floor = hasMore && first ? first.seq - 1 : 0;
    this.messages = [...older, ...this.messages];
    return true;
  }

  /**
   * Starts over with nothing known but that the log reaches to `seq`. Returns the messages beyond it
   * that are in place now.
   */
  restart(seq: number): readonly Message[] {
    this.note(seq);
    this.messages = [];
    this.floor = this.head = seq;
    return this.#advance([]);
  }

  /** Begins where an earlier visit left off. */
  resume(floor: number, head: number, messages: readonly Message[]): void {
    if (this.known > 0) return; // The server was faster.
    this.floor = floor;
    this.head = this.known = head;
    this.messages = messages;
  }

  /** Starts over after a log that is shorter than what was known of it. */
  rewind(seq: number): void {
    this.known = seq;
    this.#early.clear();
    this.restart(seq);
  }

  /** Forgets old messages up to `through`, but keeps the newest `KEPT_MESSAGES`. */
  trim(through: number): void {
    const newest = this.messages.at(-KEPT_MESSAGES);
    const floor = Math.min(through, newest ? newest.seq - 1 : 0);
    if (floor <= this.floor) return;
    this.floor = floor;
    this.messages = this.messages.filter(({ seq }) => seq > floor);
  }

  /** Moves what was held back into place behind `added`, and appends all of it. */
  #advance(added: Message[]): readonly Message[] {
    for (const seq of this.#early.keys()) if (seq <= this.head) this.#early.delete(seq);
    while (this.#early.has(this.head + 1)) {
      this.head += 1;
      const message = this.#early.get(this.head);
      this.#early.delete(this.head);
      if (message) added.push(message);
    }
    if (added.length > 0) this.messages = [...this.messages, ...added];
    return added;
  }
}
