import { describe, expect, it } from "vitest";
import { conversationIdOf } from "../src/index.ts";
import { nothing, openPage, startServer as start } from "./device.ts";
import { file } from "./fake-server.ts";

const id = conversationIdOf("ann", "bob");

describe("a message with files", () => {
  it("shows them at once, and on every device", async () => {
    const { world, server, frames } = start();
    const { client } = openPage(server, "ann");
    const bob = openPage(server, "bob").client.conversation(id);
    const conversation = client.conversation(id);
    conversation.subscribe(nothing);
    bob.subscribe(nothing);
    await world.advance(1_000);
    const attachments = [file("a1"), file("a2")];
    conversation.send("", { attachments });
    expect(conversation.getSnapshot().messages).toMatchObject([{ state: "pending", attachments }]);
    await world.advance(1_000);
    expect(frames("SENDMSG")).toMatchObject([{ message: "", attachments: ["a1", "a2"] }]);
    for (const { messages } of [conversation.getSnapshot(), bob.getSnapshot()]) {
      expect(messages).toMatchObject([{ seq: 1, text: "", state: "sent", attachments }]);
    }
    conversation.remove(1);
    await world.advance(1_000);
    for (const { messages } of [conversation.getSnapshot(), bob.getSnapshot()]) {
      expect(messages[0]).toMatchObject({ deleted: true });
      expect(messages[0]).not.toHaveProperty("attachments");
    }
  });

  it("has at most 10, and a text where it has none", async () => {
    const { world, server, frames } = start();
    const conversation = openPage(server, "ann").client.conversation(id);
    await world.advance(1_000);
    const files = Array.from({ length: 11 }, (_, at) => file(`a${at}`));
    const refused = expect.objectContaining({ code: "invalid_request" }) as Error;
    expect(() => conversation.send("hi", { attachments: files })).toThrow(refused);
    expect(() => conversation.send("", { attachments: [] })).toThrow(refused);
    conversation.send("hi", { attachments: files.slice(1) });
    conversation.send("hi");
    await world.advance(1_000);
    expect(frames("SENDMSG").map(({ attachments }) => attachments?.length)).toEqual([
      10,
      undefined,
    ]);
  });
});

describe("mentions", () => {
  it("go with what is sent, and with what it is changed to", async () => {
    const { world, server, frames } = start();
    const { client } = openPage(server, "ann");
    const conversation = client.conversation(id);
    conversation.subscribe(nothing);
    await world.advance(1_000);
    conversation.send("hello @bob", { mentions: ["bob"] });
    expect(conversation.getSnapshot().messages).toMatchObject([{ mentions: ["bob"] }]);
    conversation.send("hello");
    await world.advance(1_000);
    expect(frames("SENDMSG").map(({ mentions }) => mentions)).toEqual([["bob"], undefined]);
    conversation.edit(2, "hello @bob", { mentions: ["bob"] });
    expect(conversation.getSnapshot().messages[1]).toMatchObject({ mentions: ["bob"] });
    await world.advance(1_000);
    expect(frames("EDITMSG")).toMatchObject([{ mentions: ["bob"] }]);
  });
});
