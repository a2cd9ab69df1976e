import { TYPING_LASTS } from "./limits.ts";

/** Who is typing in a conversation. Each is forgotten unless he says so again in time. */
export class Typing {
  readonly #setTimer: (run: () => void, ms: number) => () => void;
  readonly #onChange: () => void;
  readonly #stopTimers = new Map<string, () => void>();

  constructor(setTimer: (run: () => void, ms: number) => () => void, onChange: () => void) {
    this.#setTimer = setTimer;
    this.#onChange = onChange;
  }

  get subs(): string[] {
    return [...this.#stopTimers.keys()];
  }

  set(sub: string, on: boolean): void {
    const stopTimer = this.#stopTimers.get(sub);
    stopTimer?.();
    if (on) {
      const forget = (): void => {
        this.set(sub, false);
      };
      this.#stopTimers.set(sub, this.#setTimer(forget, TYPING_LASTS));
    } else {
      this.#stopTimers.delete(sub);
    }
    if (on !== (stopTimer !== undefined)) this.#onChange();
  }

  clear(): void {
    for (const sub of this.subs) this.set(sub, false);
  }
}
