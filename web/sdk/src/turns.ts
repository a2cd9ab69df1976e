import type { Locks } from "./api.ts";
import { TURN_WAIT } from "./limits.ts";

/** Calls `run` when it is this page's turn, which lasts until `run`'s argument is called. */
export type Turn = (name: string, run: (end: () => void) => void) => void;

/** Without other pages it is always one's turn. */
export const always: Turn = (_name, run) => {
  run(() => undefined);
};

/**
 * Turns among the pages of one browser. One that has slept in its turn is not waited for for ever:
 * what the turns are for is done twice then, which must do no harm.
 */
export function turnsBy(
  locks: Locks,
  prefix: string,
  setTimer: (run: () => void, ms: number) => () => void,
): Turn {
  return (name, run) => {
    const waiting = new AbortController();
    let begun = false;
    const stopTimer = setTimer(() => {
      waiting.abort();
    }, TURN_WAIT);
    const begin = (end: () => void): void => {
      if (begun) return;
      begun = true;
      stopTimer();
      run(end);
    };
    locks
      .request(prefix + name, { signal: waiting.signal }, () => new Promise<void>(begin))
      .catch(() => {
        begin(() => undefined);
      });
  };
}
