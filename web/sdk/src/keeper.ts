import type { Archive, Kept, KeptConversation, KeptWindow, Stamp } from "./archive.ts";
import { understand } from "./archive.ts";
import type { Book } from "./book.ts";
import { roomOf } from "./room.ts";
import { KEEP_WAIT, WINDOW_SIZE } from "./limits.ts";
import type { Message } from "./message.ts";
import type { ConversationModel } from "./model.ts";

export interface KeeperOptions {
  readonly archive: Archive;
  readonly book: Book;
  /** Of the last `SYNC` that was taken in whole. */
  readonly since: () => string | undefined;
  readonly now: () => number;
  readonly setTimer: (run: () => void, ms: number) => () => void;
}

/** Keeps on the device what the person would see again on the next visit, with or without a network. */
export class Keeper {
  readonly #options: KeeperOptions;
  readonly #changed = new Set<ConversationModel>();
  /** What is kept of a log as it is now. */
  readonly #kept = new WeakMap<ConversationModel, readonly [head: number, readonly Message[]]>();
  #stamped = true;
  #stopTimer: (() => void) | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** Puts what is kept into the book. Returns how far the device had come. */
  async restore(): Promise<Stamp | undefined> {
    const found = await this.#options.archive.load();
    if (!found) return undefined;
    const { stamp, conversations, windows }: Kept = understand(found);
    const { book } = this.#options;
    for (const kept of conversations) {
      const model = book.get(kept.conversationId);
      const window = windows.get(kept.conversationId);
      model.restore(kept, window);
      if (window) this.#kept.set(model, [model.log.head, model.log.messages]);
    }
    if (stamp) book.restored(stamp.cursor);
    // It is what is kept already.
    this.#changed.clear();
    this.#stamped = true;
    return stamp;
  }

  /** A conversation changed. It is kept soon. */
  change(model: ConversationModel): void {
    this.#changed.add(model);
    this.#saveSoon();
  }

  /** A conversation is looked at: others go before it where room is short. */
  use(model: ConversationModel): void {
    this.#kept.delete(model);
    if (model.confirmed) this.change(model);
  }

  /** What all conversations share changed. */
  stamp(): void {
    this.#stamped = false;
    this.#saveSoon();
  }

  /** Keeps at once what changed, since the page may be about to go. */
  save(): Promise<void> {
    this.stop();
    if (this.#changed.size === 0 && this.#stamped) return this.#saving;
    const { archive, now } = this.#options;
    const models = [...this.#changed].filter(({ confirmed }) => confirmed);
    const usedAt = now();
    const windows: KeptWindow[] = [];
    for (const model of models) {
      const window = this.#window(model, usedAt);
      if (window) windows.push(window);
    }
    const change = { stamp: this.#stamp(), conversations: models.map(record), windows };
    this.#changed.clear();
    this.#stamped = true;
    this.#saving = this.#saving.then(() => archive.save(change));
    return this.#saving;
  }

  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  #saveSoon(): void {
    this.#stopTimer ??= this.#options.setTimer(() => {
      void this.save();
    }, KEEP_WAIT);
  }

  #stamp(): Stamp | undefined {
    const since = this.#options.since();
    const { loaded, cursor } = this.#options.book.pages;
    // Without the first page of the list it would be empty.
    if (since === undefined || !loaded) return undefined;
    return { since, ...(cursor === undefined ? {} : { cursor }) };
  }

  /** Undefined where it is kept as it is. */
  #window(model: ConversationModel, usedAt: number): KeptWindow | undefined {
    const { messages, floor, head } = model.log;
    const kept = this.#kept.get(model);
    // Without its changes it would be wrong for good.
    if (model.log.stale > 0) return undefined;
    if (messages.length === 0 || (kept?.[0] === head && kept[1] === messages)) return undefined;
    this.#kept.set(model, [head, messages]);
    const newest = messages.slice(-WINDOW_SIZE);
    const cut = newest.length < messages.length;
    return {
      conversationId: model.id,
      floor: cut ? (newest[0]?.seq ?? 1) - 1 : floor,
      head,
      messages: newest,
      usedAt: Math.max(model.state.observed() ? usedAt : 0, messages.at(-1)?.timestamp ?? 0),
    };
  }
}

function record(model: ConversationModel): KeptConversation {
  const { id, members, reads, cursor, unread, log, last, wantsLast } = model;
  return {
    conversationId: id,
    members,
    reads,
    cursor,
    unread,
    head: log.head,
    lastSeq: log.known,
    wantsLast,
    ...(last === undefined ? {} : { last }),
    ...roomOf(model.room),
  };
}
