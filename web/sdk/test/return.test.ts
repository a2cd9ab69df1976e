import { describe, expect, it } from "vitest";
import { conversationIdOf } from "../src/index.ts";
import { openPage, startServer as start } from "./device.ts";
import { limits } from "./fake-server.ts";

const id = conversationIdOf("ann", "bob");

describe("coming back", () => {
  it("asks only for what is new, and says how far each log reaches", async () => {
    const { world, server, frames } = start();
    server.append(id, "bob", "1");
    openPage(server, "ann");
    await world.advance(1_000);
    server.close(1006);
    await world.advance(10_000);
    expect(frames("SYNC")).toMatchObject([{}, { since: "1", cursors: { [id]: 1 } }]);
    expect(frames("SYNC")[0]).not.toHaveProperty("since");
  });

  it("waits for no answer of a connection that is gone", async () => {
    const { world, server, frames } = start();
    server.append(id, "bob", "1");
    server.faults.arriving = (count) => (frames("SYNC").length === 1 ? 0 : count);
    const { client } = openPage(server, "ann");
    await world.advance(100);
    server.close(1006);
    await world.advance(2_000);
    expect(frames("SYNC")).toHaveLength(2);
    expect(client.totalUnread.getSnapshot()).toBe(1);
  });

  it("asks for no gap that the answer on its way closes", async () => {
    const { world, server, frames } = start();
    server.append(id, "bob", "1");
    const { client } = openPage(server, "ann");
    const bob = openPage(server, "bob").client;
    await world.advance(1_000);
    server.close(1006, "ann");
    server.append(id, "bob", "2");
    let slow = false;
    server.faults.latency = () => (slow ? 1_000 : 5);
    server.faults.fail = (frame) => {
      slow = frame.action === "SYNC";
      return undefined;
    };
    client.reconnect();
    await world.advance(20);
    bob.conversation(id).send("3");
    await world.advance(5_000);
    expect(frames("GETMSG")).toEqual([]);
    expect(client.conversation(id).getSnapshot().messages).toHaveLength(2);
  });

  it("asks again where the answer broke off", async () => {
    const { world, server, frames } = start();
    const other = conversationIdOf("ann", "cem");
    const { client } = openPage(server, "ann");
    await world.advance(1_000);
    server.close(1006);
    server.append(id, "bob", "1");
    server.append(other, "cem", "1");
    server.faults.arriving = (count) => (frames("SYNC").length === 2 ? 1 : count);
    await world.advance(30_000);
    expect(frames("SYNC").map(({ since }) => since)).toEqual([undefined, "0", "0"]);
    expect(client.totalUnread.getSnapshot()).toBe(2);
  });

  it("asks again where the server was not able to answer", async () => {
    const { world, server } = start();
    let failures = 0;
    server.faults.fail = (frame) =>
      frame.action !== "PING" && ++failures <= 4
        ? { code: "unavailable", after: false }
        : undefined;
    server.append(id, "bob", "1");
    const { client } = openPage(server, "ann");
    await world.advance(20_000);
    expect(client.conversations.getSnapshot()).toMatchObject({ loaded: true, items: [{ id }] });
    expect(client.connection.getSnapshot().status).toBe("online");
  });

  it("asks for the list again where only that failed", async () => {
    const { world, server, frames } = start();
    let failures = 0;
    server.faults.fail = (frame) =>
      frame.action === "CONVERSATIONS" && ++failures === 1
        ? { code: "rate_limited", after: false, retryAfterMs: 1_000 }
        : undefined;
    server.append(id, "bob", "1");
    const { client } = openPage(server, "ann");
    await world.advance(900);
    expect(client.conversations.getSnapshot().loaded).toBe(false);
    await world.advance(1_000);
    expect(client.conversations.getSnapshot()).toMatchObject({ loaded: true, items: [{ id }] });
    expect(frames("CONVERSATIONS")).toHaveLength(1);
  });

  it("asks for everything where its mark is no longer taken", async () => {
    const { world, server } = start();
    server.append(id, "bob", "1");
    const { client } = openPage(server, "ann");
    await world.advance(1_000);
    server.faults.fail = (frame) =>
      frame.action === "SYNC" && frame.since !== undefined
        ? { code: "invalid_request", after: false }
        : undefined;
    server.close(1006);
    server.append(id, "bob", "2");
    await world.advance(10_000);
    expect(client.totalUnread.getSnapshot()).toBe(2);
  });

  it("shows the newest message of what it does not page through", async () => {
    const { world, server, frames } = start();
    server.append(id, "bob", "1");
    const { client } = openPage(server, "ann");
    await world.advance(1_000);
    server.faults.refuse = () => true;
    server.close(1006);
    for (let i = 0; i <= limits.reset; i++) server.append(id, "bob", `missed ${i}`);
    server.faults.refuse = () => false;
    await world.advance(40_000);
    expect(client.conversations.getSnapshot().items[0]).toMatchObject({
      last: { text: `missed ${limits.reset}` },
      unread: limits.reset + 2,
    });
    expect(frames("GETMSG")).toMatchObject([{ limit: 1 }]);
  });

  it("begins anew where the server was put back from a backup", async () => {
    const { world, server } = start();
    for (let i = 1; i <= 5; i++) server.append(id, "bob", `lost ${i}`);
    const { client } = openPage(server, "ann");
    const conversation = client.conversation(id);
    conversation.subscribe(() => undefined);
    await world.advance(1_000);
    server.close(1006);
    server.putBack(id, 2);
    await world.advance(40_000);
    server.append(id, "bob", "new");
    server.close(1006);
    await world.advance(40_000);
    const texts = conversation.getSnapshot().messages.map(({ text }) => text);
    expect(texts).toEqual(["lost 1", "lost 2", "new"]);
  });

  it("names no more conversations than it may, and pages through none that missed much", async () => {
    const { world, server, frames } = start();
    const ids = Array.from({ length: 203 }, (_, i) => conversationIdOf("ann", `p${i}`));
    for (const [i, other] of ids.entries()) {
      server.append(other, `p${i}`, "hello");
      await world.advance(1);
    }
    const { client } = openPage(server, "ann");
    await world.advance(1_000);
    while (client.conversations.getSnapshot().hasMore) {
      void client.loadMoreConversations();
      await world.advance(100);
    }
    server.faults.refuse = () => true;
    server.close(1006);
    for (let i = 0; i < 201; i++) server.append(ids[0] ?? "", "p0", `${i}`);
    server.append(ids[1] ?? "", "p1", "again");
    server.faults.refuse = () => false;
    await world.advance(40_000);
    const named = Object.keys(frames("SYNC").at(-1)?.cursors ?? {});
    expect(named).toHaveLength(200);
    expect(named).not.toContain(ids[0]);
    expect(frames("GETMSG").map(({ conversationId, limit }) => [conversationId, limit])).toEqual([
      [ids[0], 1],
      [ids[1], 200],
    ]);
    expect(client.conversations.getSnapshot().items.slice(0, 2)).toMatchObject([
      { id: ids[0], unread: 100, last: { text: "200" } },
      { id: ids[1], unread: 2, last: { text: "again" } },
    ]);
  });

  it("tells no message that was read elsewhere in the meantime", async () => {
    const { world, server } = start();
    server.append(id, "bob", "1");
    const { client } = openPage(server, "ann");
    const told: string[] = [];
    client.on("message", ({ message }) => told.push(message.text));
    await world.advance(1_000);
    server.faults.refuse = () => true;
    server.close(1006);
    server.append(id, "bob", "2");
    server.append(id, "bob", "3");
    server.read(id, "ann", 2);
    server.faults.refuse = () => false;
    await world.advance(40_000);
    expect(told).toEqual(["3"]);
  });

  it("keeps the later of two counts, whichever comes first", async () => {
    const { world, server } = start();
    for (let i = 1; i <= 5; i++) server.append(id, "bob", `${i}`);
    server.faults.overtake = () => true;
    let slow = false;
    server.faults.latency = () => (slow ? 500 : 5);
    server.faults.fail = (frame) => {
      // The list is counted first and comes last.
      slow = frame.action === "CONVERSATIONS";
      if (frame.action === "SYNC") server.append(id, "bob", "6");
      return undefined;
    };
    const { client } = openPage(server, "ann");
    await world.advance(5_000);
    expect(client.totalUnread.getSnapshot()).toBe(6);
  });

  it("counts anew where an event overtook an answer", async () => {
    const { world, server } = start();
    server.append(id, "bob", "1");
    const { client } = openPage(server, "ann");
    await world.advance(1_000);
    server.close(1006);
    for (let i = 0; i <= limits.reset; i++) server.append(id, "bob", `${i}`);
    let slow = false;
    server.faults.latency = () => (slow ? 500 : 5);
    server.faults.fail = (frame) => {
      slow = frame.action === "SYNC";
      return undefined;
    };
    client.reconnect();
    await world.advance(20);
    expect(slow).toBe(true);
    slow = false;
    server.read(id, "ann", 15);
    await world.advance(10_000);
    expect(client.totalUnread.getSnapshot()).toBe(limits.reset + 2 - 15);
  });
});
