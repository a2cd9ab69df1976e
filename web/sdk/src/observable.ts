import type { Observable } from "./api.ts";

export interface Derived<T> extends Observable<T> {
  /** The value may have changed: it is computed again when next asked for. */
  readonly invalidate: () => void;
  readonly observed: () => boolean;
}

interface Hooks<T> {
  /** Keeps the old snapshot where the new one says the same. */
  readonly equal?: (a: T, b: T) => boolean;
  /** The first listener came. */
  readonly onObserved?: () => void;
  /** The last listener went. */
  readonly onUnobserved?: () => void;
}

/**
 * An observable computed on demand. A turn's changes are told once, in a microtask, so that a frame
 * with a thousand entries costs one rendering.
 */
export function derived<T>(compute: () => T, hooks: Hooks<T> = {}): Derived<T> {
  const listeners = new Set<() => void>();
  let current: { value: T } | undefined;
  let stale = true;
  let told = true;

  const getSnapshot = (): T => {
    if (current && !stale) return current.value;
    const value = compute();
    stale = false;
    if (!current || !(hooks.equal ?? Object.is)(current.value, value)) current = { value };
    return current.value;
  };

  const tell = (): void => {
    told = true;
    for (const listener of [...listeners]) listener();
  };

  return {
    getSnapshot,
    invalidate: () => {
      stale = true;
      if (!told || listeners.size === 0) return;
      told = false;
      queueMicrotask(tell);
    },
    observed: () => listeners.size > 0,
    subscribe: (listener) => {
      // A function of its own, so that one listener given twice counts twice.
      const own = (): void => {
        listener();
      };
      listeners.add(own);
      if (listeners.size === 1) hooks.onObserved?.();
      return () => {
        if (listeners.delete(own) && listeners.size === 0) hooks.onUnobserved?.();
      };
    },
  };
}

export interface Value<T> extends Observable<T> {
  readonly set: (value: T) => void;
}

/** An observable that is what it was last set to. */
export function value<T>(initial: T, equal?: (a: T, b: T) => boolean): Value<T> {
  let held = initial;
  const { subscribe, getSnapshot, invalidate } = derived(() => held, equal ? { equal } : {});
  return {
    subscribe,
    getSnapshot,
    set: (next) => {
      if (Object.is(next, held)) return;
      held = next;
      invalidate();
    },
  };
}

/** Equal in every own property, by identity. */
export function shallowEqual<T extends object>(a: T, b: T): boolean {
  const keys = Object.keys(a) as (keyof T)[];
  return keys.length === Object.keys(b).length && keys.every((key) => Object.is(a[key], b[key]));
}

export function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, i) => Object.is(item, b[i]));
}
