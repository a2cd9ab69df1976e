import { describe, expect, it } from "vitest";
import { conversationIdOf, memoryStore, type MessageView } from "../src/index.ts";
import type { ClientFrame } from "../src/generated/wire.ts";
import { openPage } from "./device.ts";
import { FakeServer, limits } from "./fake-server.ts";
import { World } from "./world.ts";

const id = conversationIdOf("ann", "bob");
const nothing = (): void => undefined;

function start() {
  const world = new World();
  const server = new FakeServer(world);
  const frames = <A extends ClientFrame["action"]>(action: A, sub = "ann") =>
    server.received
      .filter((received) => received.sub === sub && received.frame.action === action)
      .map(({ frame }) => frame as ClientFrame & { action: A });
  return { world, server, frames };
}

const texts = (messages: readonly MessageView[]): string[] => messages.map(({ text }) => text);
const states = (messages: readonly MessageView[]): string[] => messages.map(({ state }) => state);

describe("a message", () => {
  it("is pending, then sent, then read, under one key", async () => {
    const { world, server } = start();
    const ann = openPage(server, "ann").client;
    const bob = openPage(server, "bob").client;
    await world.advance(100);
    const conversation = ann.conversation(id);
    const key = conversation.send("hello");
    const seen = [conversation.getSnapshot().messages[0]];
    await world.advance(100);
    seen.push(conversation.getSnapshot().messages[0]);
    bob.conversation(id).markRead(1);
    await world.advance(1_000);
    seen.push(conversation.getSnapshot().messages[0]);
    expect(seen.map((message) => message?.key)).toEqual([key, key, key]);
    expect(states(seen.filter((message) => message !== undefined))).toEqual([
      "pending",
      "sent",
      "read",
    ]);
    expect(conversation.getSnapshot().messages).toHaveLength(1);
  });

  it("is told to the other page as an event, once, with a name", async () => {
    const { world, server } = start();
    const ann = openPage(server, "ann").client;
    const bob = openPage(server, "bob").client;
    await world.advance(100);
    const told: string[] = [];
    bob.on("message", ({ from, message }) => told.push(`${from.sub}: ${message.text}`));
    ann.on("message", () => told.push("one's own"));
    ann.conversation(id).send("hello");
    await world.advance(5_000);
    expect(told).toEqual(["ann: hello"]);
    expect(bob.conversations.getSnapshot().items).toMatchObject([
      { id, unread: 1, partner: { sub: "ann", username: "name of ann" } },
    ]);
    expect(bob.totalUnread.getSnapshot()).toBe(1);
  });

  it("keeps its place behind others while it waits", async () => {
    const { world, server } = start();
    const ann = openPage(server, "ann").client;
    const conversation = ann.conversation(id);
    for (const text of ["one", "two", "three"]) conversation.send(text);
    expect(states(conversation.getSnapshot().messages)).toEqual(["pending", "pending", "pending"]);
    await world.advance(1_000);
    expect(server.log(id).entries.map(({ message }) => message)).toEqual(["one", "two", "three"]);
  });

  it("is refused before it is sent where it cannot fit into a frame", () => {
    const { server } = start();
    const conversation = openPage(server, "ann").client.conversation(id);
    const thrown = (text: string): unknown => {
      try {
        return conversation.send(text);
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(thrown("")).toBe("invalid_request");
    expect(thrown("x".repeat(33_000))).toBe("too_large");
    expect(thrown("\u{1f600}".repeat(8_192))).toBe("too_large");
    expect(thrown("\u{1f600}".repeat(8_000))).toMatch(/^[0-9a-f-]{36}$/);
    expect(conversation.getSnapshot().messages).toHaveLength(1);
  });

  it("that the server refuses for good can be sent again or forgotten", async () => {
    const { world, server } = start();
    const conversation = openPage(server, "ann").client.conversation(id);
    server.faults.fail = (frame) =>
      frame.action === "SENDMSG" ? { code: "forbidden", after: false } : undefined;
    const clientMsgId = conversation.send("hello");
    await world.advance(1_000);
    expect(conversation.getSnapshot().messages).toMatchObject([
      { state: "failed", error: { code: "forbidden" }, clientMsgId },
    ]);
    server.faults.fail = () => undefined;
    conversation.retry(clientMsgId);
    await world.advance(1_000);
    expect(conversation.getSnapshot().messages).toMatchObject([{ state: "sent", clientMsgId }]);
  });

  it("survives a page that is closed while it waits", async () => {
    const { world, server } = start();
    const storage = memoryStore();
    server.faults.refuse = () => true;
    const before = openPage(server, "ann", { storage }).client;
    before.conversation(id).send("hello");
    before.conversation(id).setDraft("and");
    await world.advance(1_000);
    before.stop();
    server.faults.refuse = () => false;
    const after = openPage(server, "ann", { storage }).client;
    expect(texts(after.conversation(id).getSnapshot().messages)).toEqual(["hello"]);
    expect(after.conversation(id).getDraft()).toBe("and");
    await world.advance(1_000);
    expect(server.log(id).entries).toHaveLength(1);
    after.forget();
    expect(storage.keys("")).toEqual([]);
  });
});

describe("a conversation", () => {
  it("loads its newest page when it is looked at, and older ones when asked", async () => {
    const { world, server } = start();
    for (let i = 1; i <= 20; i++) server.append(id, "bob", `${i}`);
    const { client } = openPage(server, "ann");
    const conversation = client.conversation(id);
    expect(conversation.getSnapshot()).toMatchObject({ loading: true, messages: [] });
    await world.advance(1_000);
    expect(conversation.getSnapshot()).toMatchObject({ loading: false, messages: [], unread: 20 });
    conversation.subscribe(nothing);
    await world.advance(1_000);
    expect(texts(conversation.getSnapshot().messages)).toEqual(
      Array.from({ length: limits.page }, (_, i) => `${i + 14}`),
    );
    void conversation.loadOlder();
    void conversation.loadOlder(); // One page at a time.
    await world.advance(1_000);
    expect(conversation.getSnapshot().messages).toHaveLength(14);
    expect(conversation.getSnapshot().hasOlder).toBe(true);
    void conversation.loadOlder();
    await world.advance(1_000);
    expect(texts(conversation.getSnapshot().messages)).toHaveLength(20);
    expect(conversation.getSnapshot().hasOlder).toBe(false);
  });

  it("asks for a gap only after it had time to close by itself", async () => {
    const { world, server, frames } = start();
    server.append(id, "bob", "1");
    const { client } = openPage(server, "ann");
    const bob = openPage(server, "bob").client;
    await world.advance(1_000);
    const conversation = client.conversation(id);
    conversation.subscribe(nothing);
    await world.advance(1_000);

    let events = 0;
    server.faults.loseEvent = () => ++events === 1;
    bob.conversation(id).send("2");
    bob.conversation(id).send("3");
    await world.advance(250);
    expect(texts(conversation.getSnapshot().messages)).toEqual(["1"]);
    expect(frames("GETMSG").filter(({ after }) => after !== undefined)).toEqual([]);
    await world.advance(200);
    expect(texts(conversation.getSnapshot().messages)).toEqual(["1", "2", "3"]);
    expect(frames("GETMSG").filter(({ after }) => after !== undefined)).toMatchObject([
      { after: 1 },
    ]);
  });

  it("asks for no gap that closes by itself", async () => {
    const { world, server, frames } = start();
    server.append(id, "bob", "1");
    const { client } = openPage(server, "ann");
    const bob = openPage(server, "bob").client;
    await world.advance(1_000);
    let events = 0;
    server.faults.delayEvent = () => (++events === 1 ? 200 : 0);
    bob.conversation(id).send("2");
    bob.conversation(id).send("3");
    await world.advance(2_000);
    expect(texts(client.conversation(id).getSnapshot().messages)).toEqual(["2", "3"]);
    expect(frames("GETMSG")).toEqual([]);
  });

  it("starts over where too much was missed", async () => {
    const { world, server } = start();
    server.append(id, "bob", "old");
    const { client } = openPage(server, "ann");
    const conversation = client.conversation(id);
    conversation.subscribe(nothing);
    await world.advance(1_000);
    server.faults.refuse = () => true;
    server.close(1006);
    for (let i = 1; i <= limits.reset + 1; i++) server.append(id, "bob", `${i}`);
    server.faults.refuse = () => false;
    await world.advance(40_000);
    expect(texts(conversation.getSnapshot().messages).at(-1)).toBe(`${limits.reset + 1}`);
    expect(conversation.getSnapshot().messages).toHaveLength(limits.page);
    expect(conversation.getSnapshot().hasOlder).toBe(true);
  });

  it("keeps the line above what was unread while it is looked at", async () => {
    const { world, server } = start();
    for (const text of ["1", "2", "3"]) server.append(id, "bob", text);
    server.log(id).reads.set("ann", 1);
    const { client } = openPage(server, "ann");
    const conversation = client.conversation(id);
    const leave = conversation.subscribe(nothing);
    await world.advance(1_000);
    conversation.markRead(3);
    await world.advance(1_000);
    expect(conversation.getSnapshot()).toMatchObject({ firstUnreadSeq: 2, unread: 0 });
    leave();
    await world.advance(1);
    conversation.subscribe(nothing);
    expect(conversation.getSnapshot().firstUnreadSeq).toBeUndefined();
  });

  it("moves the cursor at once here, and in one step on the server", async () => {
    const { world, server, frames } = start();
    for (const text of ["1", "2", "3"]) server.append(id, "bob", text);
    const { client } = openPage(server, "ann");
    const other = openPage(server, "ann").client;
    await world.advance(1_000);
    const conversation = client.conversation(id);
    for (const seq of [1, 3, 2]) conversation.markRead(seq);
    expect(client.totalUnread.getSnapshot()).toBe(0);
    await world.advance(1_000);
    expect(frames("READ").map(({ seq }) => seq)).toEqual([3]);
    expect(other.totalUnread.getSnapshot()).toBe(0);
  });

  it("asks the server for a count that it cannot know", async () => {
    const { world, server } = start();
    for (let i = 1; i <= 20; i++) server.append(id, "bob", `${i}`);
    const away = openPage(server, "ann").client;
    const reading = openPage(server, "ann").client;
    reading.conversation(id).subscribe(nothing);
    await world.advance(1_000);
    reading.conversation(id).markRead(15);
    await world.advance(2_000);
    expect(away.conversation(id).getSnapshot().messages).toEqual([]);
    expect(away.totalUnread.getSnapshot()).toBe(5);
  });

  it("says who types, until he stops, sends, or falls silent", async () => {
    const { world, server, frames } = start();
    server.append(id, "bob", "1");
    const { client } = openPage(server, "ann");
    const bob = openPage(server, "bob").client;
    await world.advance(1_000);
    const typing = () => client.conversation(id).getSnapshot().typing;
    const conversation = bob.conversation(id);
    for (let i = 0; i < 10; i++) {
      conversation.setTyping(true);
      await world.advance(500);
    }
    expect(frames("TYPING", "bob")).toHaveLength(2);
    expect(typing()).toEqual(["bob"]);
    await world.advance(6_000);
    expect(typing()).toEqual([]);
    conversation.setTyping(true);
    await world.advance(100);
    expect(typing()).toEqual(["bob"]);
    conversation.setTyping(false);
    conversation.setTyping(false);
    await world.advance(100);
    expect(typing()).toEqual([]);
    expect(frames("TYPING", "bob").map(({ on }) => on)).toEqual([true, true, true, false]);
    conversation.setTyping(true);
    conversation.send("done");
    await world.advance(100);
    expect(typing()).toEqual([]);
  });

  it("keeps its snapshot, and each message's, while nothing changes", async () => {
    const { world, server } = start();
    server.append(id, "bob", "1");
    const { client } = openPage(server, "ann");
    const conversation = client.conversation(id);
    conversation.subscribe(nothing);
    await world.advance(1_000);
    const [before, list] = [conversation.getSnapshot(), client.conversations.getSnapshot()];
    server.close(1006);
    await world.advance(10_000);
    expect(conversation.getSnapshot()).toBe(before);
    expect(client.conversations.getSnapshot()).toBe(list);
    conversation.send("2");
    expect(conversation.getSnapshot().messages[0]).toBe(before.messages[0]);
  });
});

describe("the list of conversations", () => {
  it("comes page by page, while the count of the unread knows all", async () => {
    const { world, server } = start();
    const partners = ["bob", "cem", "dee", "eve", "fay"];
    for (const partner of partners) {
      server.append(conversationIdOf("ann", partner), partner, "hello");
      await world.advance(1_000);
    }
    const { client } = openPage(server, "ann");
    expect(client.conversations.getSnapshot()).toEqual({
      items: [],
      loaded: false,
      hasMore: false,
    });
    await world.advance(1_000);
    const subs = () => client.conversations.getSnapshot().items.map(({ partner }) => partner?.sub);
    expect(subs()).toEqual(["fay", "eve"]);
    expect(client.totalUnread.getSnapshot()).toBe(5);
    void client.loadMoreConversations();
    await world.advance(100);
    expect(subs()).toEqual(["fay", "eve", "dee", "cem"]);
    client.conversation(conversationIdOf("ann", "bob")).send("hello yourself");
    expect(subs()[0]).toBe("bob");
    void client.loadMoreConversations();
    await world.advance(1_000);
    expect(subs()).toEqual(["bob", "fay", "eve", "dee", "cem"]);
    expect(client.conversations.getSnapshot().hasMore).toBe(false);
  });

  it("knows the name of a person that one opens a conversation with", async () => {
    const { world, server } = start();
    const { client } = openPage(server, "ann");
    await world.advance(1_000);
    expect(client.openDirect({ sub: "bob", username: "Bob" })).toBe(id);
    expect(client.conversation(id).getSnapshot()).toMatchObject({
      partner: { sub: "bob", username: "Bob" },
      loading: false,
      hasOlder: false,
    });
  });
});

describe("presence", () => {
  it("is watched for those who are looked at", async () => {
    const { world, server, frames } = start();
    const { client } = openPage(server, "ann");
    const bob = openPage(server, "bob").client;
    const second = openPage(server, "bob").client;
    await world.advance(1_000);
    const presence = client.presence("bob");
    const leave = [presence.subscribe(nothing), client.presence("cem").subscribe(nothing)];
    await world.advance(1_000);
    expect(presence.getSnapshot().online).toBe(true);
    bob.stop();
    await world.advance(1_000);
    expect(presence.getSnapshot().online).toBe(true);
    second.stop();
    await world.advance(1_000);
    expect(presence.getSnapshot().online).toBe(false);
    leave[1]?.();
    await world.advance(1_000);
    expect(frames("WATCH").map(({ subs }) => subs)).toEqual([["bob", "cem"], ["bob"]]);
  });

  it("is watched again after a drop, and believed for a while only", async () => {
    const { world, server, frames } = start();
    const { client } = openPage(server, "ann");
    openPage(server, "bob");
    const presence = client.presence("bob");
    presence.subscribe(nothing);
    await world.advance(1_000);
    server.close(1006, "ann");
    await world.advance(2_000);
    expect(frames("WATCH")).toHaveLength(2);
    expect(presence.getSnapshot().online).toBe(true);
    server.faults.refuse = () => true;
    server.close(1006, "ann");
    await world.advance(6_000);
    expect(presence.getSnapshot().online).toBe(false);
  });

  it("takes the 50 that were looked at last", async () => {
    const { world, server, frames } = start();
    const { client } = openPage(server, "ann");
    await world.advance(1_000);
    for (let i = 0; i < 60; i++) client.presence(`p${i}`).subscribe(nothing);
    await world.advance(1_000);
    const subs = frames("WATCH").flatMap(({ subs }) => subs);
    expect(subs).toHaveLength(50);
    expect(subs).not.toContain("p9");
    expect(subs).toContain("p10");
  });
});

describe("the connection", () => {
  it("is seen to be dead, and comes back with what was missed", async () => {
    const { world, server } = start();
    server.append(id, "bob", "1");
    const { client } = openPage(server, "ann");
    await world.advance(1_000);
    server.silent = true;
    server.append(id, "bob", "2");
    await world.advance(36_000);
    expect(client.connection.getSnapshot().status).not.toBe("online");
    server.silent = false;
    await world.advance(60_000);
    expect(client.connection.getSnapshot().status).toBe("online");
    expect(client.totalUnread.getSnapshot()).toBe(2);
  });

  it("is let go out of sight, and comes back for a look or a message", async () => {
    const { world, server } = start();
    const { client, stage } = openPage(server, "ann", { config: { idleReleaseSeconds: 60 } });
    await world.advance(1_000);
    const status = () => client.connection.getSnapshot().status;
    stage.tell("hidden");
    await world.advance(61_000);
    expect(status()).toBe("released");
    client.conversation(id).send("from a notification");
    await world.advance(1_000);
    expect(status()).toBe("online");
    expect(server.log(id).entries).toHaveLength(1);
    stage.tell("visible");
    await world.advance(61_000);
    expect(status()).toBe("online");
  });

  it("ends when the session does", async () => {
    const { world, server } = start();
    const { client } = openPage(server, "ann");
    await world.advance(1_000);
    server.close(4001);
    await world.advance(100_000);
    expect(client.connection.getSnapshot().status).toBe("ended");
    expect(server.connections.size).toBe(0);
  });

  it("takes up again after a stop", async () => {
    const { world, server } = start();
    const { client } = openPage(server, "ann");
    await world.advance(1_000);
    client.stop();
    expect(client.connection.getSnapshot().status).toBe("released");
    server.append(id, "bob", "1");
    await world.advance(100_000);
    client.start();
    await world.advance(1_000);
    expect(client.connection.getSnapshot().status).toBe("online");
    expect(client.totalUnread.getSnapshot()).toBe(1);
  });

  it("renews itself before the server would close it for its age", async () => {
    const { world, server } = start();
    const { client } = openPage(server, "ann");
    await world.advance(1_000);
    const [first] = server.connections;
    await world.advance(116 * 60_000);
    expect(client.connection.getSnapshot().status).toBe("online");
    expect([...server.connections]).not.toContain(first);
    expect(server.connections.size).toBe(1);
  });
});
