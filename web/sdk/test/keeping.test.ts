import { describe, expect, it } from "vitest";
import { conversationIdOf, type Locks, memoryStore } from "../src/index.ts";
import { KEEP_TIMEOUT, KEEP_WAIT, TURN_WAIT, WINDOW_SIZE } from "../src/limits.ts";
import { FakeLocks, nothing, openPage, startServer } from "./device.ts";
import { Disk } from "./memory-archive.ts";

const id = conversationIdOf("ann", "bob");

/** A browser whose pages share what it keeps, on a network that can be away. */
function start() {
  const { world, server, frames } = startServer();
  const disk = new Disk();
  const storage = memoryStore();
  const locks = new FakeLocks();
  return {
    world,
    server,
    frames,
    disk,
    storage,
    open: (by: Locks = locks) =>
      openPage(server, "ann", { storage, archive: disk.open(), locks: by }).client,
    goOffline: () => {
      server.faults.refuse = () => true;
      server.close(1006);
    },
    goOnline: () => {
      server.faults.refuse = () => false;
    },
  };
}

describe("on the next visit", () => {
  it("everything that was seen is there before the network is", async () => {
    const { world, server, open, goOffline } = start();
    for (let i = 1; i <= 3; i++) server.append(id, "bob", `text ${i}`);
    const before = open();
    const leave = before.conversation(id).subscribe(nothing);
    await world.advance(2_000);
    before.conversation(id).markRead(2);
    await world.advance(2_000);
    leave();
    before.stop();
    goOffline();

    const after = open();
    await after.restored;
    const [summary] = after.conversations.getSnapshot().items;
    expect(after.conversations.getSnapshot().loaded).toBe(true);
    expect(summary).toMatchObject({
      id,
      partner: { sub: "bob", username: "name of bob" },
      last: { text: "text 3" },
      unread: 1,
    });
    after.conversation(id).subscribe(nothing);
    const { messages, loading, firstUnreadSeq } = after.conversation(id).getSnapshot();
    expect(messages.map(({ text }) => text)).toEqual(["text 1", "text 2", "text 3"]);
    expect([loading, firstUnreadSeq]).toEqual([false, 3]);
  });

  it("only what is new is asked for, and nobody is notified of it", async () => {
    const { world, server, frames, open } = start();
    server.append(id, "bob", "1");
    const before = open();
    await world.advance(2_000);
    before.stop();
    server.append(id, "bob", "2");
    const after = open();
    const told: string[] = [];
    after.on("message", ({ message }) => told.push(message.text));
    await world.advance(1_000);
    expect(frames("SYNC").at(-1)).toMatchObject({ since: "1", cursors: { [id]: 1 } });
    expect(frames("CONVERSATIONS")).toHaveLength(1);
    expect(after.totalUnread.getSnapshot()).toBe(2);
    expect(told).toEqual([]);
    server.append(id, "bob", "3");
    after.reconnect();
    await world.advance(1_000);
    server.close(1006);
    await world.advance(5_000);
    expect(told).toEqual(["3"]);
  });

  it("a conversation that began meanwhile is in the list", async () => {
    const { world, server, open } = start();
    server.append(id, "bob", "1");
    const before = open();
    await world.advance(2_000);
    before.stop();
    const other = conversationIdOf("ann", "cem");
    for (let i = 0; i < 40; i++) server.append(other, "cem", `c${i}`);
    const after = open();
    await world.advance(5_000);
    expect(after.conversations.getSnapshot().items.map((item) => item.id)).toEqual([other, id]);
  });

  it("what was read without a network is told", async () => {
    const { world, server, frames, open, goOffline, goOnline } = start();
    server.append(id, "bob", "1");
    const before = open();
    await world.advance(2_000);
    goOffline();
    before.conversation(id).markRead(1);
    await world.advance(2_000);
    before.stop();
    goOnline();
    const after = open();
    await after.restored;
    expect(after.totalUnread.getSnapshot()).toBe(0);
    await world.advance(1_000);
    expect(frames("READ")).toMatchObject([{ conversationId: id, seq: 1 }]);
  });

  it("a log holds the newest messages, and those before are loaded", async () => {
    const { world, server, disk, open } = start();
    const before = open();
    await world.advance(1_000);
    const all = Array.from({ length: WINDOW_SIZE + 20 }, (_, i) => `${i + 1}`);
    for (const text of all) server.append(id, "bob", text);
    server.close(1006);
    await world.advance(20_000);
    before.stop();
    expect(disk.windows.get(id)).toMatchObject({ floor: 20, head: WINDOW_SIZE + 20 });
    const after = open().conversation(id);
    after.subscribe(nothing);
    await world.advance(1_000);
    while (after.getSnapshot().hasOlder) {
      void after.loadOlder();
      await world.advance(100);
    }
    expect(after.getSnapshot().messages.map(({ text }) => text)).toEqual(all);
  });

  it("fields that only a later version knows are kept", async () => {
    const { world, server, disk, open } = start();
    server.append(id, "bob", "1");
    const log = server.log(id).entries;
    log[0] = { ...log[0], stars: { "👍": ["bob"] } } as unknown as (typeof log)[0];
    const page = open();
    page.conversation(id).subscribe(nothing);
    await world.advance(3_000);
    expect(disk.windows.get(id)?.messages).toMatchObject([{ stars: { "👍": ["bob"] } }]);
  });

  it("a record that makes no sense is dropped, and everything is told anew", async () => {
    const { world, server, frames, disk, open } = start();
    server.append(id, "bob", "1");
    const before = open();
    await world.advance(2_000);
    before.stop();
    disk.conversations.set(id, { conversationId: id } as never);
    disk.windows.set(id, { conversationId: id, messages: [{}] } as never);
    const after = open();
    await world.advance(1_000);
    expect(frames("SYNC").at(-1)).not.toHaveProperty("since");
    expect(after.conversations.getSnapshot().items).toHaveLength(1);
  });
});

describe("a message that is written without a network", () => {
  it("is there again after a crash, in its order, and is sent once", async () => {
    const { world, server, open, goOffline, goOnline } = start();
    goOffline();
    const before = open();
    await before.restored;
    for (const text of ["one", "two", "three"]) before.conversation(id).send(text);
    await world.advance(100);
    // The page is gone without a word: nothing of it runs any more.
    const after = open();
    after.conversation(id).subscribe(nothing);
    await after.restored;
    await world.advance(0);
    const { messages } = after.conversation(id).getSnapshot();
    expect(messages.map(({ text, state }) => [text, state])).toEqual([
      ["one", "pending"],
      ["two", "pending"],
      ["three", "pending"],
    ]);
    goOnline();
    await world.advance(60_000);
    expect(server.log(id).entries.map(({ message }) => message)).toEqual(["one", "two", "three"]);
    expect(
      after
        .conversation(id)
        .getSnapshot()
        .messages.map(({ state }) => state),
    ).toEqual(["sent", "sent", "sent"]);
  });

  it("that was sent before the crash is not twice in the log", async () => {
    const { world, server, frames, disk, open } = start();
    const before = open();
    await world.advance(1_000);
    // Stored and answered, but the answer is lost with the page.
    server.faults.fail = ({ action }) =>
      action === "SENDMSG" ? { code: "unavailable", after: true } : undefined;
    before.conversation(id).send("once");
    await world.advance(10);
    before.stop();
    server.faults.fail = () => undefined;
    expect(disk.outbox.size).toBe(1);
    const after = open();
    after.conversation(id).subscribe(nothing);
    await world.advance(5_000);
    expect(server.log(id).entries).toHaveLength(1);
    expect(frames("SENDMSG").length).toBeGreaterThan(0);
    expect(after.conversation(id).getSnapshot().messages).toMatchObject([{ state: "sent" }]);
    expect(disk.outbox.size).toBe(0);
  });

  it("is shown once it is safe, and sent after a while if it never is", async () => {
    const { world, server, disk, open } = start();
    const page = open();
    await world.advance(1_000);
    disk.stuck = true;
    page.conversation(id).send("a");
    page.conversation(id).send("b");
    await world.advance(KEEP_TIMEOUT - 1);
    expect(page.conversation(id).getSnapshot().messages).toEqual([]);
    await world.advance(3_000);
    expect(server.log(id).entries.map(({ message }) => message)).toEqual(["a", "b"]);
  });
});

describe("several pages", () => {
  it("show what one of them wrote, and one sends it", async () => {
    const { world, server, frames, open, goOffline, goOnline } = start();
    goOffline();
    const pages = [open(), open(), open()];
    for (const page of pages) page.conversation(id).subscribe(nothing);
    await world.advance(100);
    pages[0]?.conversation(id).send("one");
    await world.advance(1);
    pages[1]?.conversation(id).send("two");
    await world.advance(100);
    for (const page of pages) {
      expect(
        page
          .conversation(id)
          .getSnapshot()
          .messages.map(({ text }) => text),
      ).toEqual(["one", "two"]);
    }
    goOnline();
    await world.advance(60_000);
    expect(frames("SENDMSG").map(({ message }) => message)).toEqual(["one", "two"]);
    for (const page of pages) {
      const { messages } = page.conversation(id).getSnapshot();
      expect(messages.map(({ text, state }) => [text, state])).toEqual([
        ["one", "sent"],
        ["two", "sent"],
      ]);
    }
    expect(server.log(id).entries).toHaveLength(2);
  });

  it("leave a message to the one that is sending it", async () => {
    const { world, server, frames, open } = start();
    const pages = [open(), open()];
    await world.advance(1_000);
    server.faults.latency = () => 500;
    pages[0]?.conversation(id).send("once");
    await world.advance(100);
    expect(pages[1]?.conversation(id).getSnapshot().messages).toMatchObject([{ state: "pending" }]);
    await world.advance(5_000);
    expect(frames("SENDMSG")).toHaveLength(1);
    expect(server.log(id).entries).toHaveLength(1);
  });

  it("do not undo what another one has seen since", async () => {
    const { world, server, disk, storage, open } = start();
    server.append(id, "bob", "1");
    const sleeper = open();
    await world.advance(2_000);
    // It sleeps: nothing reaches it.
    server.faults.refuse = () => true;
    server.close(1006);
    await world.advance(1_000);
    server.append(id, "bob", "2");
    server.faults.refuse = () => false;
    const awake = openPage(server, "ann", { storage, archive: disk.open() }).client;
    awake.conversation(id).subscribe(nothing);
    await world.advance(50);
    expect(awake.conversation(id).getSnapshot().messages).toHaveLength(2);
    await awake.restored;
    awake.stop();
    await world.advance(0);
    expect(disk.conversations.get(id)).toMatchObject({ head: 2, cursor: 0, unread: 2 });
    sleeper.conversation(id).markRead(1);
    sleeper.stop();
    await world.advance(0);
    expect(disk.conversations.get(id)).toMatchObject({ head: 2, cursor: 1, unread: 2 });
    expect(disk.windows.get(id)?.messages).toHaveLength(2);
  });

  it("do not wait for ever for one that sleeps in its turn", async () => {
    const { world, server, open } = start();
    const asleep: Locks = {
      request: (_name, { signal }) =>
        new Promise((_, reject) => {
          signal?.addEventListener("abort", () => {
            reject(new Error("Too long."));
          });
        }),
    };
    const page = open(asleep);
    await world.advance(1_000);
    page.conversation(id).send("at last");
    await world.advance(TURN_WAIT - 1);
    expect(server.log(id).entries).toHaveLength(0);
    await world.advance(1_000);
    expect(server.log(id).entries).toHaveLength(1);
  });
});

it("signing out leaves nothing, even of what was about to be kept", async () => {
  const { world, server, disk, open } = start();
  server.append(id, "bob", "1");
  const page = open();
  await world.advance(2_000);
  page.conversation(id).send("unsent");
  expect(disk.empty).toBe(false);
  page.stop();
  await page.forget();
  await world.advance(KEEP_WAIT * 2);
  expect(disk.empty).toBe(true);
});
