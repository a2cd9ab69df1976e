import { describe, expect, it } from "vitest";
import { memoryStore, type Failure } from "../src/index.ts";
import { MAX_OUTBOX } from "../src/limits.ts";
import { Outbox } from "../src/outbox.ts";
import { keyValueUnsent, type Unsent, type UnsentStore } from "../src/unsent.ts";
import { World } from "./world.ts";

const prefix = "outbox:";

/** An outbox whose tries the test ends by hand. */
function start({
  storage = memoryStore(),
  store = keyValueUnsent(storage, prefix),
  logged = (): boolean => false,
} = {}) {
  const world = new World();
  const tries: { unsent: Unsent; done: (failure?: Failure) => void }[] = [];
  const state = { connected: true };
  const outbox = new Outbox({
    store,
    random: () => 0.5,
    setTimer: world.setTimer,
    connected: () => state.connected,
    logged,
    transmit: (unsent, done) => tries.push({ unsent, done }),
    onRefused: () => undefined,
    onChange: () => undefined,
  });
  return {
    world,
    storage,
    outbox,
    state,
    tries,
    /** What was tried, in order. */
    tried: () => tries.map(({ unsent }) => unsent.clientMsgId),
    end: (failure?: Failure) => tries.at(-1)?.done(failure),
  };
}

const unsent = (clientMsgId: string, conversationId = "d:a:b"): Unsent => ({
  clientMsgId,
  conversationId,
  message: `text of ${clientMsgId}`,
  sentAt: 1,
});
const failure = (code: Failure["code"], retryAfterMs?: number): Failure => ({
  code,
  error: "A fault of the test.",
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

describe("the outbox", () => {
  it("sends one at a time in a conversation, and conversations beside each other", () => {
    const { outbox, tried, tries } = start();
    outbox.add(unsent("1"));
    outbox.add(unsent("2"));
    outbox.add(unsent("3", "d:a:c"));
    expect(tried()).toEqual(["1", "3"]);
    tries[0]?.done();
    expect(tried()).toEqual(["1", "3", "2"]);
  });

  it("keeps a message until it is acknowledged", () => {
    const { outbox, storage, end } = start();
    outbox.add(unsent("1"));
    expect(storage.keys(prefix)).toEqual(["outbox:1"]);
    expect(outbox.busy).toBe(true);
    end();
    expect(storage.keys(prefix)).toEqual([]);
    expect(outbox.busy).toBe(false);
  });

  it.each(["unavailable", "rate_limited", "conflict", "unauthorized"] as const)(
    "tries again after %s, with the same id, before what comes behind",
    async (code) => {
      const { outbox, world, tried, end } = start();
      outbox.add(unsent("1"));
      outbox.add(unsent("2"));
      end(failure(code, 4_000));
      await world.advance(4_249);
      expect(tried()).toEqual(["1"]);
      await world.advance(1);
      expect(tried()).toEqual(["1", "1"]);
    },
  );

  it.each(["invalid_request", "forbidden", "not_found", "too_large"] as const)(
    "gives up after %s, and goes on with the next",
    async (code) => {
      const { outbox, world, tried, end } = start();
      outbox.add(unsent("1"));
      outbox.add(unsent("2"));
      end(failure(code));
      await world.advance(100_000);
      expect(tried()).toEqual(["1", "2"]);
      expect(outbox.items("d:a:b").map((item) => item.failure?.code)).toEqual([code, undefined]);
    },
  );

  it("sends what failed again when asked, and forgets it when asked", () => {
    const { outbox, storage, tried, end } = start();
    outbox.add(unsent("1"));
    end(failure("forbidden"));
    outbox.retry("d:a:b", "1");
    expect(tried()).toEqual(["1", "1"]);
    outbox.discard("d:a:b", "1");
    expect(outbox.items("d:a:b")).toHaveLength(1); // On its way: too late to forget.
    end(failure("forbidden"));
    outbox.discard("d:a:b", "1");
    expect(outbox.items("d:a:b")).toEqual([]);
    expect(storage.keys(prefix)).toEqual([]);
  });

  it("keeps what comes with a message over a reload, unless it makes no sense", () => {
    const storage = memoryStore();
    const attachments = [{ id: "a1", name: "a.txt", mediaType: "text/plain", size: 1 }];
    start({ storage }).outbox.add({ ...unsent("1"), message: "", attachments });
    storage.set(`${prefix}2`, JSON.stringify({ ...unsent("2"), attachments: [{ id: 1 }] }));
    const { outbox, tries } = start({ storage });
    outbox.adopt();
    expect(tries.map(({ unsent }) => unsent.attachments)).toEqual([attachments]);
  });

  it("sends in the order of writing, whatever is safe first", async () => {
    const safe = new Map<string, (kept: boolean) => void>();
    const store: UnsentStore = {
      ...keyValueUnsent(memoryStore(), prefix),
      keep: ({ clientMsgId }) => new Promise((resolve) => safe.set(clientMsgId, resolve)),
      keeps: () => true,
    };
    const { outbox, tried, end, world } = start({ store });
    outbox.add(unsent("1"));
    outbox.add(unsent("2"));
    expect(outbox.busy).toBe(true);
    safe.get("2")?.(true);
    await world.advance(0);
    expect(tried()).toEqual([]);
    safe.get("1")?.(true);
    await world.advance(0);
    end();
    expect(tried()).toEqual(["1", "2"]);
  });

  it("waits for a connection, and then sends at once whatever the wait was", () => {
    const { outbox, state, tried, end } = start();
    outbox.add(unsent("1"));
    end(failure("rate_limited", 60_000));
    state.connected = false;
    outbox.add(unsent("2", "d:a:c"));
    expect(tried()).toEqual(["1"]);
    state.connected = true;
    outbox.up();
    expect(tried()).toEqual(["1", "1", "2"]);
  });

  it("takes a message that turns up in the log for sent, and ignores the late answer", () => {
    const { outbox, tries, tried } = start();
    outbox.add(unsent("1"));
    outbox.add(unsent("2"));
    outbox.settle("d:a:b", "1");
    expect(tried()).toEqual(["1", "2"]);
    tries[0]?.done(failure("forbidden"));
    expect(outbox.items("d:a:b")).toEqual([unsent("2")]);
    expect(tried()).toEqual(["1", "2"]);
  });

  it("sends after a reload what was left, in its order, and keeps what failed as failed", () => {
    const before = start();
    before.state.connected = false;
    for (const id of ["2", "1", "3"]) before.outbox.add(unsent(id));
    before.state.connected = true;
    before.outbox.up();
    before.end(failure("forbidden"));
    const { outbox, tried, end } = start({ storage: before.storage });
    outbox.adopt();
    expect(outbox.items("d:a:b").map((item) => item.failure?.code)).toEqual([
      "forbidden",
      undefined,
      undefined,
    ]);
    end();
    expect(tried()).toEqual(["2", "3"]);
  });

  it("leaves to the other page what that one has seen through", () => {
    const one = start();
    const two = start({ storage: one.storage });
    two.state.connected = false;
    one.outbox.add(unsent("1"));
    two.outbox.adopt();
    expect(two.outbox.items("d:a:b")).toHaveLength(1);
    one.end();
    two.state.connected = true;
    two.outbox.up();
    expect(two.tried()).toEqual([]);
    expect(two.outbox.items("d:a:b")).toEqual([]);
  });

  it("sends what another page left behind, and forgets what that one forgot", () => {
    const one = start();
    const two = start({ storage: one.storage });
    one.outbox.add(unsent("1"));
    one.end(failure("forbidden"));
    one.state.connected = false;
    one.outbox.add(unsent("2"));
    two.outbox.up();
    expect(two.tried()).toEqual(["2"]);
    one.outbox.discard("d:a:b", "1");
    two.outbox.adopt();
    expect(two.outbox.items("d:a:b")).toEqual([unsent("2")]);
  });

  it("does not adopt what is in the log already, nor what is no message", () => {
    const storage = memoryStore();
    storage.set("outbox:1", JSON.stringify(unsent("1")));
    storage.set("outbox:2", "{");
    storage.set("outbox:3", JSON.stringify(unsent("4")));
    const { outbox } = start({ storage, logged: () => true });
    outbox.adopt();
    expect(outbox.busy).toBe(false);
    expect(storage.keys(prefix)).toEqual([]);
  });

  it("sends although the store is full", () => {
    const full = { ...memoryStore(), set: () => false };
    const { outbox, tried, end } = start({ storage: full });
    outbox.add(unsent("1"));
    outbox.up();
    expect(tried()).toEqual(["1", "1"]);
    end();
    expect(outbox.busy).toBe(false);
  });

  it("has a limit", () => {
    const { outbox } = start();
    for (let i = 0; i < MAX_OUTBOX; i++) outbox.add(unsent(String(i)));
    expect(() => {
      outbox.add(unsent("one more"));
    }).toThrow(expect.objectContaining({ code: "unavailable" }));
  });
});
