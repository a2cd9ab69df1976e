import type { Calls } from "./calls.ts";
import { isPermanent } from "./errors.ts";
import { READ_RETRY, READ_WAIT } from "./limits.ts";
import type { ConversationModel } from "./model.ts";

export interface ReadCursorsOptions {
  readonly calls: Calls;
  readonly setTimer: (run: () => void, ms: number) => () => void;
  readonly connected: () => boolean;
  /** What the server says of a cursor of one's own. */
  readonly onRead: (conversationId: string, sub: string, seq: number) => void;
}

/** Moves one's own read cursors on the server: soon, in steps as large as they come. */
export class ReadCursors {
  readonly #options: ReadCursorsOptions;
  /** Cursors that are ahead of the server's, with the timer that waits to tell it. */
  readonly #pending = new Map<ConversationModel, (() => void) | undefined>();

  constructor(options: ReadCursorsOptions) {
    this.#options = options;
  }

  read(model: ConversationModel, seq: number): void {
    if (model.readHere(seq) && !this.#pending.has(model)) this.#sendIn(model, READ_WAIT);
  }

  /** An earlier visit read further than it could tell. */
  resume(model: ConversationModel): void {
    if (model.cursor > model.cursorTold) this.#pending.set(model, undefined);
  }

  /** Tells again what a lost connection may have swallowed. */
  up(): void {
    for (const [model, stopTimer] of [...this.#pending]) {
      stopTimer?.();
      this.#send(model);
    }
  }

  stop(): void {
    for (const [model, stopTimer] of this.#pending) {
      stopTimer?.();
      this.#pending.set(model, undefined);
    }
  }

  #sendIn(model: ConversationModel, ms: number): void {
    const run = (): void => {
      this.#send(model);
    };
    this.#pending.set(model, this.#options.setTimer(run, ms));
  }

  #send(model: ConversationModel): void {
    this.#pending.set(model, undefined);
    const seq = model.cursor;
    if (seq <= model.cursorTold) {
      this.#pending.delete(model);
      return;
    }
    this.#options.calls.call(
      { action: "READ", conversationId: model.id, seq },
      {
        onAnswer: (frame) => {
          if (frame.action === "READ") this.#options.onRead(model.id, frame.sub, frame.seq);
          this.#pending.delete(model);
          if (model.cursor > Math.max(seq, model.cursorTold)) this.#sendIn(model, READ_WAIT);
          return false;
        },
        onFailure: ({ code, retryAfterMs }) => {
          if (isPermanent(code)) {
            this.#pending.delete(model);
            model.unreadHere();
          } else if (this.#options.connected()) {
            this.#sendIn(model, retryAfterMs ?? READ_RETRY);
          } // Else the next connection tells it.
        },
      },
    );
  }
}
