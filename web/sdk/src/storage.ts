import type { KeyValueStore } from "./api.ts";

/** Keeps text in `localStorage`, or in memory where that is forbidden. */
export function localStore(): KeyValueStore {
  return storeOf(() => globalThis.localStorage);
}

/** Keeps text for this tab, also while it shows another page. */
export function tabStore(): KeyValueStore {
  return storeOf(() => globalThis.sessionStorage);
}

function storeOf(open: () => Storage): KeyValueStore {
  let storage: Storage;
  try {
    storage = open();
    storage.getItem("");
  } catch {
    return memoryStore();
  }
  return {
    get: (key) => storage.getItem(key) ?? undefined,
    set: (key, value) => {
      try {
        storage.setItem(key, value);
        return true;
      } catch {
        return false; // The quota is used up.
      }
    },
    remove: (key) => {
      storage.removeItem(key);
    },
    keys: (prefix) =>
      Array.from({ length: storage.length }, (_, i) => storage.key(i))
        .filter((key) => key?.startsWith(prefix) === true)
        .sort() as string[],
  };
}

/** Keeps text for the life of the page. */
export function memoryStore(): KeyValueStore {
  const map = new Map<string, string>();
  return {
    get: (key) => map.get(key),
    set: (key, value) => {
      map.set(key, value);
      return true;
    },
    remove: (key) => {
      map.delete(key);
    },
    keys: (prefix) => [...map.keys()].filter((key) => key.startsWith(prefix)).sort(),
  };
}
