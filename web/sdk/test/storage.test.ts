import { afterEach, describe, expect, it, vi } from "vitest";
import { localStore, memoryStore, type KeyValueStore } from "../src/index.ts";

/** What a browser gives, with room for so many characters. */
function browserStorage(quota: number): Storage {
  const map = new Map<string, string>();
  return {
    get length() {
      return map.size;
    },
    key: (index) => [...map.keys()][index] ?? null,
    getItem: (key) => map.get(key) ?? null,
    setItem: (key, value) => {
      if (value.length > quota) throw new DOMException("full", "QuotaExceededError");
      map.set(key, value);
    },
    removeItem: (key) => map.delete(key),
    clear: () => {
      map.clear();
    },
  };
}

afterEach(() => {
  vi.unstubAllGlobals();
});

function keepsText(store: KeyValueStore): void {
  expect(store.get("a:1")).toBeUndefined();
  for (const key of ["b:1", "a:2", "a:1"]) expect(store.set(key, `of ${key}`)).toBe(true);
  expect(store.get("a:1")).toBe("of a:1");
  expect(store.keys("a:")).toEqual(["a:1", "a:2"]);
  store.remove("a:1");
  expect(store.keys("a:")).toEqual(["a:2"]);
}

describe("a store", () => {
  it("in memory keeps text", () => {
    keepsText(memoryStore());
  });

  it("in the browser keeps text, for the next page too", () => {
    vi.stubGlobal("localStorage", browserStorage(100));
    keepsText(localStore());
    expect(localStore().get("a:2")).toBe("of a:2");
  });

  it("that is full says so", () => {
    vi.stubGlobal("localStorage", browserStorage(3));
    const store = localStore();
    expect([store.set("a", "1234"), store.get("a")]).toEqual([false, undefined]);
  });

  it("that the browser forbids is one in memory", () => {
    vi.stubGlobal("localStorage", {
      getItem: () => {
        throw new DOMException("forbidden", "SecurityError");
      },
    });
    keepsText(localStore());
  });
});
