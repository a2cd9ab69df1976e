import { fold } from "./fold.ts";
import { isShown, type Message } from "./message.ts";
import { KEPT_MESSAGES } from "./limits.ts";

/** More than this is not held back: a page brings it again. */
const MAX_EARLY = 1_000;
/** So many changes are known for pages that were asked for before them. */
const RECENT_CHANGES = 200;

/**
 * What is known of a conversation's log: everything in (`floor`, `head`], and beyond it what came
 * early and is held back. An entry that is not shown takes its place without being there, and one that
 * changes a message does so once it is in place.
 *
 * Invariants: `messages` ascends by seq within (`floor`, `head`] and has every change up to `head`;
 * `early` holds only what is beyond `head` + 1; `floor` ≤ `head` ≤ `known`.
 */
export class Log {
  floor = 0;
  head = 0;
  /** The highest seq that is known to exist. */
  known = 0;
  messages: readonly Message[] = [];
  /** The newest message by what the server said, for when it is not held here. */
  told: Message | undefined;
  /**
   * Up to where changes were left out of what is known, of messages that are held; 0 where none
   * were.
   */
  stale = 0;
  /** How often it started over. */
  restarts = 0;
  /** Told of changes, of messages that may be held elsewhere. */
  onChanges: ((changes: readonly Message[]) => void) | undefined;
  readonly #self: string;
  readonly #early = new Map<number, Message | undefined>();
  /** The changes that came last, by place. */
  #recent: readonly Message[] = [];

  /** `self` is whose eyes it is for. */
  constructor(self = "") {
    this.#self = self;
  }

  /** Whether entries are missing that are known to exist. */
  get gap(): boolean {
    return this.known > this.head;
  }

  /** The messages that came early. */
  get early(): Message[] {
    return [...this.#early.values()]
      .filter((message) => message !== undefined)
      .filter(isShown)
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
   * Takes an answer that tells all that is shown in (`after`, `through`]. Returns the messages that
   * are in place now and were not before.
   */
  cover(page: readonly Message[], after: number, through: number): readonly Message[] {
    this.note(through);
    if (after > this.head || through <= this.head) return [];
    const added = page.filter(({ seq }) => seq > this.head && seq <= through);
    const changes = [...this.#early.values()].filter(
      (entry): entry is Message => entry !== undefined && entry.seq <= through && !isShown(entry),
    );
    // What is not shown may have changed what is held already.
    const places = through - this.head - added.length - changes.length;
    if (places > 0 && (this.messages.length > 0 || this.told)) this.stale = this.head;
    this.head = through;
    return this.#advance([...added, ...changes].sort((a, b) => a.seq - b.seq));
  }

  /** Takes messages as they are by now in place of those that are held. */
  refresh(page: readonly Message[]): void {
    const fresh = new Map(this.#changed(page).map((message) => [message.seq, message]));
    this.messages = this.messages.map((message) => {
      const now = fresh.get(message.seq);
      return now && (message.deleted !== true || now.deleted === true) ? now : message;
    });
    if (this.told) this.told = fresh.get(this.told.seq) ?? this.told;
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
    this.messages = [...this.#changed(older.filter(isShown)), ...this.messages];
    return true;
  }

  /** Takes what is held by another log of the same, where that one reaches this. Returns whether. */
  meet({ floor, head, messages }: Log): boolean {
    if (head < this.floor) return false;
    if (floor < this.floor) {
      const older = messages.filter(({ seq }) => seq <= this.floor);
      this.messages = [...older, ...this.messages];
      this.floor = floor;
    }
    return true;
  }

  /** Takes changes that came to another log of the same. */
  touch(changes: readonly Message[]): void {
    this.#recent = [...this.#recent, ...changes].slice(-RECENT_CHANGES);
    this.messages = this.#fold(this.messages, changes, true);
  }

  /**
   * Starts over with nothing known but that the log reaches to `seq`. Returns the messages beyond it
   * that are in place now.
   */
  restart(seq: number): readonly Message[] {
    this.note(seq);
    this.messages = [];
    this.stale = 0;
    this.restarts += 1;
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
    this.#recent = [];
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

  /** Moves what was held back into place behind `added`, and takes in all of it. */
  #advance(added: Message[]): readonly Message[] {
    for (const seq of this.#early.keys()) if (seq <= this.head) this.#early.delete(seq);
    while (this.#early.has(this.head + 1)) {
      this.head += 1;
      const message = this.#early.get(this.head);
      this.#early.delete(this.head);
      if (message) added.push(message);
    }
    const shown = added.filter(isShown);
    const changes = added.filter((entry) => !isShown(entry) && entry.target !== undefined);
    if (changes.length > 0) {
      this.#recent = [...this.#recent, ...changes].slice(-RECENT_CHANGES);
      this.messages = this.#fold(this.messages, changes, false);
      if (this.told) this.told = this.#fold([this.told], changes, true)[0];
      this.onChanges?.(changes);
    }
    // What is told together may have the changes in it.
    const news = this.#fold(shown, changes, true);
    if (news.length > 0) this.messages = [...this.messages, ...news];
    return news;
  }

  /** A page with the changes in it that came while it was on its way. */
  #changed(page: readonly Message[]): readonly Message[] {
    return this.#fold(page, this.#recent, true);
  }

  /** The same array where nothing changes. */
  #fold(
    messages: readonly Message[],
    changes: readonly Message[],
    again: boolean,
  ): readonly Message[] {
    const byTarget = new Map<number, Message[]>();
    for (const change of changes) {
      const { target = 0 } = change;
      byTarget.set(target, [...(byTarget.get(target) ?? []), change]);
    }
    const folded = messages.map((message) => {
      let now = message;
      for (const change of byTarget.get(message.seq) ?? []) {
        now = fold(now, change, this.#self, again);
      }
      return now;
    });
    return folded.some((message, i) => message !== messages[i]) ? folded : messages;
  }
}
