import { describe, expect, it } from "vitest";
import { conversationIdOf } from "../src/index.ts";
import { openPage, startServer as start } from "./device.ts";

const id = conversationIdOf("ann", "bob");

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

  it("is replaced without a gap: nobody sees it go, and no answer is missed", async () => {
    const { world, server, frames } = start();
    const { client } = openPage(server, "ann");
    const bob = openPage(server, "bob", { config: { renewAfterSeconds: 1e6 } }).client;
    const conversation = client.conversation(id);
    const told = new Set<unknown>();
    const presence = bob.presence("ann");
    presence.subscribe(() => told.add(presence.getSnapshot().online));
    client.presence("bob").subscribe(() => undefined);
    await world.advance(1_000);
    client.connection.subscribe(() => told.add(client.connection.getSnapshot().status));

    // Asked on the old connection, and answered there when the new one is in use already.
    const [first] = server.connections;
    const opening: number[] = [];
    server.faults.refuse = () => {
      opening.push(world.now());
      return false;
    };
    server.faults.latency = () => 3_000;
    while (opening.length === 0) await world.advance(1_000);
    conversation.send("before");
    await world.advance(4_000);
    bob.conversation(id).send("from bob");
    await world.advance(60_000);

    expect([...server.connections]).not.toContain(first);
    expect(told).toEqual(new Set([true, "online"]));
    expect(frames("WATCH")).toHaveLength(2);
    expect(frames("SENDMSG")).toHaveLength(1);
    const { messages } = conversation.getSnapshot();
    expect(messages.map(({ text, state }) => [text, state])).toEqual([
      ["before", "sent"],
      ["from bob", "sent"],
    ]);
  });

  it("stays as it is where its successor is refused, and tries again", async () => {
    const { world, server } = start();
    const { client } = openPage(server, "ann");
    await world.advance(1_000);
    const [first] = server.connections;
    server.faults.refuse = () => true;
    await world.advance(116 * 60_000);
    expect([...server.connections]).toEqual([first]);
    expect(client.connection.getSnapshot().status).toBe("online");
    server.faults.refuse = () => false;
    await world.advance(90_000);
    expect([...server.connections]).not.toContain(first);
    expect(server.connections.size).toBe(1);
  });

  it("does not end where its successor pushes it out", async () => {
    const { world, server } = start();
    const { client } = openPage(server, "ann", { config: { renewAfterSeconds: 60 } });
    await world.advance(1_000);
    const [first] = server.connections;
    server.faults.latency = () => {
      // The server makes room before the handshake's answer arrives.
      first?.closeByServer(4005);
      return 5;
    };
    await world.advance(70_000);
    expect(client.connection.getSnapshot().status).toBe("online");
    expect(server.connections.size).toBe(1);
  });

  it("heals what a push lost while it holds, where pushes may get lost", async () => {
    const { world, server, frames } = start();
    const { client, stage } = openPage(server, "ann", {
      config: { pushes: "best-effort", keepAliveSeconds: 300, idleReleaseSeconds: 400 },
    });
    const presence = client.presence("bob");
    presence.subscribe(() => undefined);
    const bob = openPage(server, "bob").client;
    await world.advance(1_000);
    server.faults.loseEvent = () => true;
    bob.conversation(id).send("lost on its way");
    await world.advance(100);
    bob.stop();
    await world.advance(1_000);
    server.faults.loseEvent = () => false;
    expect([client.totalUnread.getSnapshot(), presence.getSnapshot().online]).toEqual([0, true]);
    await world.advance(330_000);
    expect([client.totalUnread.getSnapshot(), presence.getSnapshot().online]).toEqual([1, false]);
    expect(frames("PING")).toEqual([]);

    // Out of sight it asks nothing more, and goes.
    const asked = server.received.length;
    stage.tell("hidden");
    await world.advance(399_000);
    expect(server.received.length).toBe(asked);
    expect(server.connections.size).toBe(1);
    await world.advance(2_000);
    expect(server.connections.size).toBe(0);
    stage.tell("visible");
    await world.advance(1_000);
    expect(client.connection.getSnapshot().status).toBe("online");
  });

  it("is kept out of sight where it is wanted", async () => {
    const { world, server } = start();
    let wanted = true;
    const { client, stage } = openPage(server, "ann", {
      config: { idleReleaseSeconds: 60 },
      wanted: () => wanted,
    });
    await world.advance(1_000);
    stage.tell("hidden");
    await world.advance(3_600_000);
    expect(client.connection.getSnapshot().status).toBe("online");
    wanted = false;
    await world.advance(61_000);
    expect(client.connection.getSnapshot().status).toBe("released");
  });

  it("is asked for a sign of life where an answer does not come", async () => {
    const { world, server, frames } = start();
    const { client } = openPage(server, "ann", { config: { keepAliveSeconds: 300 } });
    await world.advance(1_000);
    server.silent = true;
    client.conversation(id).send("into the void");
    await world.advance(26_000);
    server.silent = false;
    expect(frames("PING")).toEqual([]);
    expect(client.connection.getSnapshot().status).not.toBe("online");
    await world.advance(30_000);
    expect(server.log(id).entries).toHaveLength(1);
  });
});
