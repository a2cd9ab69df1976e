import type { Observable } from "@aizuchi/sdk";

/** An observable that is what it was last set to. */
export interface Cell<T> extends Observable<T> {
  readonly set: (value: T) => void;
}

export function cell<T>(initial: T): Cell<T> {
  const listeners = new Set<() => void>();
  let held = initial;
  return {
    getSnapshot: () => held,
    set: (value) => {
      if (Object.is(value, held)) return;
      held = value;
      for (const listener of [...listeners]) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
