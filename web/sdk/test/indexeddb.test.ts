import "fake-indexeddb/auto";
import { forceCloseDatabase } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  type Archive,
  type KeptConversation,
  type KeptWindow,
  understand,
} from "../src/archive.ts";
import { indexedDbArchive, wipeOthers } from "../src/indexeddb.ts";
import { KEPT_WINDOWS } from "../src/limits.ts";
import { memoryStore } from "../src/storage.ts";
import { archivedUnsent, keyValueUnsent, type Unsent } from "../src/unsent.ts";

const opened: Archive[] = [];
const NAME = "aizuchi:ann";

function open(): Archive {
  const archive = indexedDbArchive("ann");
  if (!archive) throw new Error("There is no IndexedDB.");
  opened.push(archive);
  return archive;
}

afterEach(async () => {
  vi.restoreAllMocks();
  for (const archive of opened.splice(0)) await archive.wipe();
});

const conversation = (conversationId: string): KeptConversation => ({
  conversationId,
  members: [{ sub: "ann", username: "Ann" }],
  reads: { ann: 1 },
  cursor: 1,
  unread: 0,
  head: 1,
  lastSeq: 1,
  wantsLast: false,
});
const window = (conversationId: string, usedAt: number): KeptWindow => ({
  conversationId,
  floor: 0,
  head: 1,
  messages: [
    { messageId: `m ${conversationId}`, seq: 1, message: "hi", fromSub: "bob", timestamp: 1 },
  ],
  usedAt,
});
const unsent = (clientMsgId: string): Unsent => ({
  clientMsgId,
  conversationId: "c",
  message: `text of ${clientMsgId}`,
  sentAt: 1,
});
const ids = (records: readonly unknown[] | undefined): string[] =>
  (records as { conversationId: string }[]).map(({ conversationId }) => conversationId);

/** Fills it with windows, `w0` the one that was used longest ago. */
async function fill(archive: Archive, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, i) => `w${i}`);
  await archive.save({
    stamp: { since: "s" },
    conversations: names.map(conversation),
    windows: names.map(window),
  });
}

/** Names of the databases that there are. */
async function databases(): Promise<(string | undefined)[]> {
  return (await indexedDB.databases()).map(({ name }) => name);
}

describe("an archive", () => {
  it("keeps everything from one page to the next", async () => {
    const before = open();
    await before.save({
      stamp: { since: "s", cursor: "c" },
      conversations: [conversation("a")],
      windows: [window("a", 5)],
    });
    expect(await before.keep(unsent("1"))).toBe(true);
    before.close();
    const after = open();
    expect(await after.load()).toEqual({
      stamp: { since: "s", cursor: "c" },
      conversations: [conversation("a")],
      windows: [window("a", 5)],
    });
    expect(await after.unsent()).toEqual([unsent("1")]);
    expect([await after.keeps("1"), await after.keeps("2")]).toEqual([true, false]);
    await after.release("1");
    expect(await after.unsent()).toEqual([]);
  });

  it("goes on after it was closed", async () => {
    const archive = open();
    await archive.keep(unsent("1"));
    archive.close();
    expect(await archive.unsent()).toHaveLength(1);
  });

  it("holds the windows that were used last", async () => {
    const archive = open();
    await fill(archive, KEPT_WINDOWS + 3);
    const found = await archive.load();
    expect(found?.conversations).toHaveLength(KEPT_WINDOWS + 3);
    expect(found?.windows).toHaveLength(KEPT_WINDOWS);
    expect(ids(found?.windows)).not.toContain("w2");
    expect(ids(found?.windows)).toContain("w3");
  });

  it("tells the other pages of a message that it keeps", async () => {
    const [one, two] = [open(), open()];
    const told = new Promise<void>((resolve) => {
      two.onKept(resolve);
    });
    one.onKept(() => undefined);
    await one.keep(unsent("1"));
    await told;
    expect(await two.unsent()).toEqual([unsent("1")]);
  });
});

describe("where there is no room", () => {
  /** Refuses writes to a store until something is deleted from another. */
  function fullUntilDeleted(stores: readonly string[], enough = 1): { deleted: string[] } {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called as methods below
    const { put, delete: remove } = IDBObjectStore.prototype;
    const deleted: string[] = [];
    vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (
      this: IDBObjectStore,
      value: unknown,
      key?: IDBValidKey,
    ) {
      if (stores.includes(this.name) && deleted.length < enough) {
        throw new DOMException("It is full.", "QuotaExceededError");
      }
      return put.call(this, value, key);
    });
    vi.spyOn(IDBObjectStore.prototype, "delete").mockImplementation(function (
      this: IDBObjectStore,
      key,
    ) {
      deleted.push(`${this.name} ${key as string}`);
      return remove.call(this, key);
    });
    return { deleted };
  }

  it("the oldest history goes for a message that waits, and no other message does", async () => {
    const archive = open();
    await archive.keep(unsent("1"));
    await fill(archive, 60);
    const { deleted } = fullUntilDeleted(["outbox"]);
    expect(await archive.keep(unsent("2"))).toBe(true);
    expect(await archive.unsent()).toEqual([unsent("1"), unsent("2")]);
    // Half of the room is given up, and then no more.
    expect(deleted).toHaveLength(10);
    expect(deleted.every((one) => one.startsWith("windows "))).toBe(true);
    const { windows } = (await archive.load()) ?? {};
    expect(ids(windows)).not.toContain("w9");
    expect(ids(windows)).toContain("w10");
  });

  it("the list is kept before any history", async () => {
    const archive = open();
    await fill(archive, 3);
    fullUntilDeleted(["windows"], 1_000);
    await archive.save({
      stamp: { since: "t" },
      conversations: [conversation("new")],
      windows: [window("new", 100)],
    });
    const found = await archive.load();
    expect(found?.stamp).toEqual({ since: "t" });
    expect(ids(found?.conversations)).toContain("new");
    expect(ids(found?.windows)).toEqual([]);
  });

  it("and none to be made, what was kept stays as it was", async () => {
    const archive = open();
    await fill(archive, 3);
    fullUntilDeleted(["conversations", "outbox"], 1_000);
    await archive.save({
      stamp: { since: "t" },
      conversations: [conversation("new")],
      windows: [],
    });
    expect((await archive.load())?.stamp).toEqual({ since: "s" });

    const storage = memoryStore();
    const store = archivedUnsent(archive, keyValueUnsent(storage, "outbox:"));
    expect(await store.keep(unsent("1"))).toBe(true);
    expect(storage.keys("")).toEqual(["outbox:1"]);
    expect(await store.all()).toEqual([unsent("1")]);
    expect(await store.keeps("1")).toBe(true);
    await store.release("1");
    expect(storage.keys("")).toEqual([]);
  });
});

describe("what is found", () => {
  const whole = {
    stamp: { since: "s" },
    conversations: [conversation("a")],
    windows: [window("a", 1)],
  };

  it("is taken as it is where it makes sense", () => {
    expect(understand(whole)).toEqual({ ...whole, windows: new Map([["a", window("a", 1)]]) });
  });

  it.each<[string, object]>([
    ["is none", { ...conversation("b"), head: undefined }],
    ["has a message that is none", { ...conversation("b"), last: { seq: 1 } }],
    ["is of nobody", { ...conversation("b"), members: [{ sub: 1 }] }],
  ])("has no stamp where a conversation %s", (_, broken) => {
    const { stamp, conversations } = understand({
      ...whole,
      conversations: [conversation("a"), broken],
    });
    expect(stamp).toBeUndefined();
    expect(conversations).toEqual([conversation("a")]);
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["no message", { ...window("a", 1), messages: [{}] }],
    ["messages out of order", { ...window("a", 1), floor: 1 }],
    ["messages beyond its end", { ...window("a", 1), head: 0 }],
  ])("has no window that holds %s", (_, broken) => {
    expect(understand({ ...whole, windows: [broken] }).windows.size).toBe(0);
  });
});

describe("the database", () => {
  /** Makes one as another version of the page might have. */
  async function make(version: number, stores: readonly string[]): Promise<void> {
    const request = indexedDB.open(NAME, version);
    request.onupgradeneeded = () => {
      for (const store of stores) {
        const made = request.result.createObjectStore(store, { keyPath: "clientMsgId" });
        if (store === "outbox") made.put(unsent("old"));
      }
    };
    await new Promise((done) => (request.onsuccess = done));
    request.result.close();
  }

  it("of a newer version is used as far as it is understood", async () => {
    await make(7, ["meta", "conversations", "windows", "outbox"]);
    const archive = open();
    expect(await archive.unsent()).toEqual([unsent("old")]);
    expect(await archive.keep(unsent("1"))).toBe(true);
  });

  it("that is laid out otherwise is begun anew", async () => {
    await make(1, ["something"]);
    const archive = open();
    expect(await archive.load()).toMatchObject({ conversations: [] });
    expect(await archive.keep(unsent("1"))).toBe(true);
  });

  it("that does not open is done without", async () => {
    vi.spyOn(indexedDB, "open").mockImplementation(() => {
      throw new DOMException("Not in private.", "InvalidStateError");
    });
    const archive = open();
    expect(await archive.load()).toBeUndefined();
    expect(await archive.keep(unsent("1"))).toBe(false);
    expect([await archive.unsent(), await archive.keeps("1")]).toEqual([[], true]);
  });

  it("may be missing altogether", () => {
    vi.stubGlobal("indexedDB", undefined);
    expect(indexedDbArchive("ann")).toBeUndefined();
    vi.unstubAllGlobals();
  });

  it("that the browser throws away is no error, and is told", async () => {
    const archive = open();
    const lost = vi.fn();
    archive.onLost(lost);
    const inner = indexedDB.open.bind(indexedDB);
    let db: IDBDatabase | undefined;
    vi.spyOn(indexedDB, "open").mockImplementation((name, version) => {
      const request = inner(name, version);
      request.addEventListener("success", () => (db = request.result));
      return request;
    });
    await archive.keep(unsent("1"));
    forceCloseDatabase(db as never);
    await vi.waitFor(() => {
      expect(lost).toHaveBeenCalledOnce();
    });
    expect(await archive.keep(unsent("2"))).toBe(false);
    await archive.save({ stamp: undefined, conversations: [conversation("a")], windows: [] });
  });
});

describe("signing out", () => {
  beforeEach(async () => {
    expect(await databases()).toEqual([]);
  });

  it("leaves nothing, whatever other pages still hold", async () => {
    const [one, two] = [open(), open()];
    await fill(one, 2);
    await two.keep(unsent("1"));
    await one.wipe();
    expect(await databases()).toEqual([]);
    expect(await two.keep(unsent("2"))).toBe(false);
    await two.save({ stamp: { since: "s" }, conversations: [conversation("a")], windows: [] });
    await one.save({ stamp: { since: "s" }, conversations: [conversation("a")], windows: [] });
    expect(await databases()).toEqual([]);
  });

  it("of somebody who was here before is made up for", async () => {
    const ann = open();
    await fill(ann, 1);
    const bob = indexedDbArchive("bob");
    await bob?.keep(unsent("1"));
    await wipeOthers("bob");
    expect(await databases()).toEqual(["aizuchi:bob"]);
    await wipeOthers(undefined);
    expect(await databases()).toEqual([]);
  });
});
