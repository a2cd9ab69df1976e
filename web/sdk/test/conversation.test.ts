import { describe, expect, it } from "vitest";
import { conversationIdOf, type MessageView } from "../src/index.ts";
import { nothing, openPage, startServer as start } from "./device.ts";
import { KEPT_MESSAGES } from "../src/limits.ts";
import { limits } from "./fake-server.ts";

const id = conversationIdOf("ann", "bob");

const texts = (messages: readonly MessageView[]): string[] => messages.map(({ text }) => text);

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

  it("closes a gap of several pages, also where the server was not able to answer at first", async () => {
    const { world, server, frames } = start();
    server.append(id, "bob", "1");
    const { client } = openPage(server, "ann");
    await world.advance(1_000);
    for (let i = 0; i < 2 * limits.page; i++) server.append(id, "bob", "in between");
    let failures = 0;
    server.faults.fail = (frame) =>
      frame.action === "GETMSG" && ++failures === 1
        ? { code: "unavailable", after: false }
        : undefined;
    openPage(server, "bob").client.conversation(id).send("the last");
    await world.advance(2_000);
    expect(client.conversation(id).getSnapshot().messages).toHaveLength(2 * limits.page + 1);
    expect(frames("GETMSG").map(({ after }) => after)).toEqual([1, 1 + limits.page]);
  });

  it("loads its newest page later where the server was not able to answer", async () => {
    const { world, server } = start();
    server.append(id, "bob", "1");
    const conversation = openPage(server, "ann").client.conversation(id);
    let failures = 0;
    server.faults.fail = (frame) =>
      frame.action === "GETMSG" && ++failures === 1
        ? { code: "rate_limited", after: false, retryAfterMs: 1_000 }
        : undefined;
    conversation.subscribe(nothing);
    await world.advance(500);
    expect(conversation.getSnapshot()).toMatchObject({ error: { code: "rate_limited" } });
    await world.advance(2_000);
    expect(texts(conversation.getSnapshot().messages)).toEqual(["1"]);
    expect(conversation.getSnapshot()).not.toHaveProperty("error");
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
    const bob = openPage(server, "bob").client;
    const conversation = client.conversation(id);
    const leave = conversation.subscribe(nothing);
    await world.advance(1_000);
    conversation.markRead(3);
    await world.advance(1_000);
    expect(conversation.getSnapshot()).toMatchObject({ firstUnreadSeq: 2, unread: 0 });
    leave();
    await world.advance(1);
    const leaveAgain = conversation.subscribe(nothing);
    expect(conversation.getSnapshot().firstUnreadSeq).toBeUndefined();
    leaveAgain();
    await world.advance(1);
    bob.conversation(id).send("4");
    await world.advance(1_000);
    expect(conversation.getSnapshot().firstUnreadSeq).toBeUndefined();
    conversation.subscribe(nothing);
    expect(conversation.getSnapshot().firstUnreadSeq).toBe(4);
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

  it("moves the cursor again after a drop that may have swallowed it", async () => {
    const { world, server, frames } = start();
    server.append(id, "bob", "1");
    const { client } = openPage(server, "ann");
    await world.advance(1_000);
    client.conversation(id).markRead(1);
    await world.advance(202); // On its way.
    server.close(1006);
    await world.advance(10_000);
    expect(frames("READ")).toHaveLength(1);
    expect(server.log(id).reads.get("ann")).toBe(1);
  });

  it("moves the cursor again where the server was not able to, and where it moved meanwhile", async () => {
    const { world, server, frames } = start();
    for (const text of ["1", "2"]) server.append(id, "bob", text);
    const { client } = openPage(server, "ann");
    await world.advance(1_000);
    let failures = 0;
    server.faults.fail = () =>
      ++failures === 1 ? { code: "unavailable", after: false } : undefined;
    client.conversation(id).markRead(1);
    await world.advance(5_000);
    expect(frames("READ")).toEqual([]);
    await world.advance(213); // On its way.
    client.conversation(id).markRead(2);
    await world.advance(1_000);
    expect(frames("READ").map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it("takes the cursor back where the server refuses it", async () => {
    const { world, server } = start();
    server.append(id, "bob", "1");
    const { client } = openPage(server, "ann");
    await world.advance(1_000);
    server.faults.fail = () => ({ code: "forbidden", after: false });
    client.conversation(id).markRead(1);
    expect(client.totalUnread.getSnapshot()).toBe(0);
    await world.advance(1_000);
    expect(client.totalUnread.getSnapshot()).toBe(1);
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

  it("counts the unread up to a limit, and keeps only so much when it is left", async () => {
    const { world, server } = start();
    const { client } = openPage(server, "ann");
    const bob = openPage(server, "bob").client;
    const conversation = client.conversation(id);
    const leave = conversation.subscribe(nothing);
    await world.advance(1_000);
    for (let i = 1; i <= KEPT_MESSAGES + 10; i++) bob.conversation(id).send(`${i}`);
    await world.advance(10_000);
    expect(conversation.getSnapshot()).toMatchObject({ unread: 100, hasOlder: false });
    conversation.markRead(KEPT_MESSAGES + 10);
    leave();
    await world.advance(1);
    expect(conversation.getSnapshot()).toMatchObject({ unread: 0, hasOlder: true });
    expect(conversation.getSnapshot().messages).toHaveLength(KEPT_MESSAGES);
    void conversation.loadOlder();
    await world.advance(1_000);
    expect(conversation.getSnapshot().messages).toHaveLength(KEPT_MESSAGES + limits.page);
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
    conversation.setTyping(true);
    await world.advance(100);
    server.close(1006);
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

  it("goes on after a page that was asked for without a connection", async () => {
    const { world, server } = start();
    for (const partner of ["bob", "cem", "dee"]) {
      server.append(conversationIdOf("ann", partner), partner, "hello");
      await world.advance(1);
    }
    const { client } = openPage(server, "ann");
    await world.advance(1_000);
    server.close(1006);
    await client.loadMoreConversations();
    expect(client.conversations.getSnapshot().items).toHaveLength(2);
    await world.advance(10_000);
    void client.loadMoreConversations();
    await world.advance(100);
    expect(client.conversations.getSnapshot().items).toHaveLength(3);
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
