import { describe, expect, it } from "vitest";
import { conversationIdOf, memoryStore, type MessageView } from "../src/index.ts";
import { openPage, startServer as start } from "./device.ts";

const id = conversationIdOf("ann", "bob");

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

  it("that a closed page left behind is sent by the one that comes into sight", async () => {
    const { world, server } = start();
    const storage = memoryStore();
    const one = openPage(server, "ann", { storage });
    const two = openPage(server, "ann", { storage });
    await world.advance(1_000);
    one.client.conversation(id).send("hello");
    one.client.stop();
    two.stage.tell("visible");
    await world.advance(1_000);
    expect(server.log(id).entries).toHaveLength(1);
    expect(states(two.client.conversation(id).getSnapshot().messages)).toEqual(["sent"]);
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
    await after.forget();
    expect(storage.keys("")).toEqual([]);
  });
});
