import { type Archive, type Change, type Found, merge } from "./archive.ts";
import { KEPT_WINDOWS, OPEN_ARCHIVE_TIMEOUT } from "./limits.ts";

/** A new number drops what an older version kept; only the outbox stays. */
const VERSION = 1;
const NAME = "aizuchi:";

const META = "meta";
const CONVERSATIONS = "conversations";
const WINDOWS = "windows";
const OUTBOX = "outbox";
const BY_USE = "usedAt";

type Stores = (name: string) => IDBObjectStore;
type Outcome<T> =
  { readonly done: true; readonly value: T } | { readonly done: false; readonly full: boolean };

/** The archive of `sub` in IndexedDB. Undefined where the browser has none. */
export function indexedDbArchive(
  sub: string,
  factory = (globalThis as Partial<typeof globalThis>).indexedDB,
): Archive | undefined {
  return factory && new IndexedDbArchive(NAME + sub, factory);
}

/** Deletes what is kept of everybody but `sub`, which a sign-out may not have come to. */
export async function wipeOthers(sub: string | undefined): Promise<void> {
  const { indexedDB } = globalThis as Partial<typeof globalThis>;
  if (!indexedDB) return;
  const all = await indexedDB.databases().catch(() => []);
  for (const { name } of all) {
    if (name?.startsWith(NAME) !== true || name === `${NAME}${sub ?? ""}`) continue;
    await answer(indexedDB.deleteDatabase(name)).catch(() => undefined);
  }
}

class IndexedDbArchive implements Archive {
  readonly #name: string;
  readonly #factory: IDBFactory;
  #opening: Promise<IDBDatabase | undefined> | undefined;
  #channel: BroadcastChannel | undefined;
  /** Nothing is kept any more: wiped, thrown away, or of a newer version. */
  #over = false;
  /** As many windows as there turned out to be room for. */
  #room = KEPT_WINDOWS;
  #lost: () => void = () => undefined;

  constructor(name: string, factory: IDBFactory) {
    this.#name = name;
    this.#factory = factory;
  }

  async load(): Promise<Found | undefined> {
    const found = await this.#run([META, CONVERSATIONS, WINDOWS], "readonly", async (store) => {
      const [stamp, conversations, windows] = await Promise.all([
        answer<unknown>(store(META).get("stamp")),
        answer<unknown[]>(store(CONVERSATIONS).getAll()),
        answer<unknown[]>(store(WINDOWS).getAll()),
      ]);
      return { stamp, conversations, windows };
    });
    return found.done ? found.value : undefined;
  }

  async save({ stamp, conversations, windows }: Change): Promise<void> {
    await this.#write([META, CONVERSATIONS, WINDOWS], async (store) => {
      const overtaken = new Set<string>();
      for (const one of conversations) {
        const found = await answer<unknown>(store(CONVERSATIONS).get(one.conversationId));
        const merged = merge(found, one);
        store(CONVERSATIONS).put(merged);
        if (merged.head !== one.head) overtaken.add(one.conversationId);
      }
      if (stamp) store(META).put(stamp, "stamp");
      else store(META).delete("stamp");
      for (const window of windows) {
        if (overtaken.has(window.conversationId)) continue;
        if (this.#room > 0) store(WINDOWS).put(window);
        else store(WINDOWS).delete(window.conversationId);
      }
      await prune(store(WINDOWS), this.#room);
    });
  }

  async keep(unsent: { readonly clientMsgId: string }): Promise<boolean> {
    const put = (store: Stores): void => void store(OUTBOX).put(unsent);
    const kept = await this.#write([OUTBOX], put, "strict");
    if (kept) this.#channel?.postMessage("kept");
    return kept;
  }

  async unsent(): Promise<readonly unknown[]> {
    const found = await this.#run([OUTBOX], "readonly", (store) =>
      answer<unknown[]>(store(OUTBOX).getAll()),
    );
    return found.done ? found.value : [];
  }

  async keeps(clientMsgId: string): Promise<boolean> {
    const found = await this.#run([OUTBOX], "readonly", (store) =>
      answer(store(OUTBOX).count(clientMsgId)),
    );
    return !found.done || found.value > 0;
  }

  async release(clientMsgId: string): Promise<void> {
    await this.#run([OUTBOX], "readwrite", (store) => answer(store(OUTBOX).delete(clientMsgId)));
  }

  onKept(listener: () => void): void {
    if (!("BroadcastChannel" in globalThis)) return;
    this.#channel ??= new BroadcastChannel(this.#name);
    this.#channel.onmessage = listener;
  }

  onLost(listener: () => void): void {
    this.#lost = listener;
  }

  close(): void {
    this.#channel?.close();
    this.#channel = undefined;
    const opening = this.#opening;
    this.#opening = undefined;
    void opening?.then((db) => db?.close());
  }

  async wipe(): Promise<void> {
    this.#over = true;
    this.close();
    await answer(this.#factory.deleteDatabase(this.#name)).catch(() => undefined);
  }

  #database(): Promise<IDBDatabase | undefined> {
    if (this.#over) return Promise.resolve(undefined);
    this.#opening ??= openSoon(this.#factory, this.#name).then((db) => {
      if (!db || this.#over) {
        db?.close();
        this.#over = true;
        return undefined;
      }
      db.onversionchange = () => {
        // Another page signs out, or is of a newer version.
        this.#over = true;
        db.close();
      };
      db.onclose = () => {
        this.#over = true;
        this.#lost();
      };
      return db;
    });
    return this.#opening;
  }

  /** Resolves once all of it is done, or none. */
  async #run<T>(
    stores: readonly string[],
    mode: IDBTransactionMode,
    work: (store: Stores) => Promise<T> | T,
    durability: IDBTransactionDurability = "relaxed",
  ): Promise<Outcome<T>> {
    const db = await this.#database();
    if (!db || this.#over) return { done: false, full: false };
    let begun: IDBTransaction;
    try {
      begun = db.transaction(stores, mode, { durability });
    } catch {
      return { done: false, full: false }; // It was closed a moment ago.
    }
    const working = (async () => work((name) => begun.objectStore(name)))();
    working.catch(() => {
      abort(begun);
    });
    const [worked, end] = await Promise.allSettled([working, ended(begun)]);
    if (worked.status === "fulfilled" && end.status === "fulfilled") {
      return { done: true, value: worked.value };
    }
    return { done: false, full: [worked, end].some(isFull) };
  }

  /** Writes, and makes room for as long as there is none. */
  async #write(
    stores: readonly string[],
    work: (store: Stores) => Promise<void> | void,
    durability?: IDBTransactionDurability,
  ): Promise<boolean> {
    for (;;) {
      const outcome = await this.#run(stores, "readwrite", work, durability);
      if (outcome.done) return true;
      if (!outcome.full || this.#room === 0) return false;
      this.#room = Math.floor(this.#room / 2);
      await this.#run([WINDOWS], "readwrite", (store) => prune(store(WINDOWS), this.#room));
    }
  }
}

/** Deletes the windows that were used longest ago, beyond `room` of them. */
async function prune(store: IDBObjectStore, room: number): Promise<void> {
  const tooMany = (await answer(store.count())) - room;
  if (tooMany <= 0) return;
  for (const key of await answer(store.index(BY_USE).getAllKeys(null, tooMany))) store.delete(key);
}

/** Opens it, unless that takes too long. */
async function openSoon(factory: IDBFactory, name: string): Promise<IDBDatabase | undefined> {
  const opening = openAny(factory, name).catch(() => undefined);
  let stop: () => void = () => undefined;
  const tooLate = new Promise<undefined>((resolve) => {
    const timer = setTimeout(resolve, OPEN_ARCHIVE_TIMEOUT);
    stop = () => {
      clearTimeout(timer);
    };
  });
  const db = await Promise.race([opening, tooLate]);
  stop();
  if (!db) void opening.then((late) => late?.close());
  return db;
}

async function openAny(factory: IDBFactory, name: string): Promise<IDBDatabase> {
  try {
    return await open(factory, name, VERSION);
  } catch (error) {
    if ((error as Partial<DOMException> | null)?.name === "VersionError") {
      // A newer version of the page made it: what it keeps is looked at record by record.
      return open(factory, name);
    }
    // It is broken.
    await answer(factory.deleteDatabase(name));
    return open(factory, name, VERSION);
  }
}

async function open(factory: IDBFactory, name: string, version?: number): Promise<IDBDatabase> {
  const request = factory.open(name, version);
  request.onupgradeneeded = () => {
    const db = request.result;
    for (const store of [...db.objectStoreNames]) {
      if (store !== OUTBOX) db.deleteObjectStore(store);
    }
    db.createObjectStore(META);
    db.createObjectStore(CONVERSATIONS, { keyPath: "conversationId" });
    db.createObjectStore(WINDOWS, { keyPath: "conversationId" }).createIndex(BY_USE, BY_USE);
    if (!db.objectStoreNames.contains(OUTBOX)) {
      db.createObjectStore(OUTBOX, { keyPath: "clientMsgId" });
    }
  };
  const db = await answer(request);
  const stores = [META, CONVERSATIONS, WINDOWS, OUTBOX];
  if (stores.every((store) => db.objectStoreNames.contains(store))) return db;
  db.close();
  throw new Error("It is not laid out as it should be.");
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error("There is no answer."));
    };
  });
}

function ended(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => {
      resolve();
    };
    transaction.onabort = () => {
      reject(transaction.error ?? new Error("It was not done."));
    };
  });
}

/** Whether it failed for want of room: a request and its transaction do not say the same. */
function isFull(settled: PromiseSettledResult<unknown>): boolean {
  if (settled.status === "fulfilled") return false;
  return (settled.reason as Partial<DOMException> | null)?.name === "QuotaExceededError";
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // It has ended already.
  }
}
