import { expect, describe, it } from "vitest";
import type { Client, Conversation, Socket } from "../src/index.ts";
import { conversationIdOf } from "../src/index.ts";
import { openPage, startServer } from "./device.ts";
import { FakePolls } from "./fake-polls.ts";

const MINUTE = 60_000;
const id = conversationIdOf("ann", "bob");

/** A page of Ann's behind something that lets no socket through, and one of Bob's elsewhere. */
async function start({ waits = true } = {}) {
  const { world, server, frames } = startServer();
  const polls = new FakePolls(server);
  polls.waits = waits;
  const net = { blocked: true, tried: [] as number[] };
  const openSocket = (url: string, protocols: string[]): Socket => {
    net.tried.push(world.now());
    if (!net.blocked) return server.openSocket(url, protocols);
    const socket: Socket = {
      onopen: null,
      onmessage: null,
      onclose: null,
      send: () => undefined,
      close: () => undefined,
    };
    world.setTimer(() => socket.onclose?.({ code: 1006, reason: "" }), 10);
    return socket;
  };
  const bob = openPage(server, "bob").client;
  const ann = openPage(server, "ann", { openSocket, fetch: polls.fetch }).client;
  await world.advance(10_000);
  return { world, server, frames, polls, net, ann, bob };
}

function inView(client: Client): Conversation {
  const conversation = client.conversation(id);
  conversation.subscribe(() => undefined);
  return conversation;
}

function said(conversation: Conversation): string[] {
  return conversation.getSnapshot().messages.map(({ text, state }) => `${text} ${state}`);
}

describe("where no socket opens", () => {
  it("polls, and all is as with a socket", async () => {
    const { world, ann, bob, net, frames } = await start();
    expect(ann.connection.getSnapshot()).toEqual({ status: "online" });
    expect(net.tried).toHaveLength(3);
    const [anns, bobs] = [inView(ann), inView(bob)];
    ann.presence("bob").subscribe(() => undefined);
    bob.presence("ann").subscribe(() => undefined);
    anns.send("Are you there?");
    await world.advance(1_000);
    bobs.send("I am.");
    bobs.markRead(1);
    bobs.setTyping(true);
    await world.advance(1_000);
    expect(said(anns)).toEqual(["Are you there? read", "I am. sent"]);
    expect(said(bobs)).toEqual(["Are you there? sent", "I am. sent"]);
    expect(anns.getSnapshot().typing).toEqual(["bob"]);
    expect(ann.presence("bob").getSnapshot().online).toBe(true);
    expect(bob.presence("ann").getSnapshot().online).toBe(true);
    bob.stop();
    await world.advance(1_000);
    expect(ann.presence("bob").getSnapshot().online).toBe(false);
    expect(frames("SENDMSG")).toHaveLength(1);
  });

  it("sends in the order in which it was told", async () => {
    const { world, server, ann } = await start();
    const conversation = inView(ann);
    const texts = Array.from({ length: 20 }, (_, number) => `${number}`);
    for (const text of texts) conversation.send(text);
    await world.advance(5_000);
    expect(server.log(id).entries.map(({ message }) => message)).toEqual(texts);
  });

  it("tries sockets again, and takes one without a gap", async () => {
    const { world, net, polls, ann, bob } = await start();
    const seen = new Set<string>();
    ann.connection.subscribe(() => seen.add(ann.connection.getSnapshot().status));
    const [anns, bobs] = [inView(ann), inView(bob)];
    net.blocked = false;
    await world.advance(2 * MINUTE);
    expect(net.tried).toHaveLength(4);
    const calls = polls.calls.length;
    bobs.send("Better?");
    anns.send("Better.");
    await world.advance(2 * MINUTE);
    expect(said(anns).sort()).toEqual(["Better. sent", "Better? sent"]);
    expect(polls.calls).toHaveLength(calls);
    expect([...seen]).toEqual(["online"]);
  });

  it("tries sockets less and less often", async () => {
    const { world, net, ann } = await start();
    await world.advance(4 * 60 * MINUTE);
    const times = net.tried.slice(2);
    const gaps = times.slice(1).map((at, index) => (at - (times[index] ?? 0)) / MINUTE);
    expect(gaps.length).toBeGreaterThan(6);
    for (const [index, gap] of gaps.entries()) {
      expect(gap).toBeGreaterThanOrEqual(Math.min(2 ** index, 32));
      expect(gap).toBeLessThan(Math.min(2 ** index, 32) * 1.2 + 1);
    }
    expect(ann.connection.getSnapshot().status).toBe("online");
  });

  it("loses nothing with an answer that is lost", async () => {
    const { world, server, polls, ann, bob, frames } = await start();
    const [anns, bobs] = [inView(ann), inView(bob)];
    await world.advance(1_000);
    polls.instead.push("lost");
    bobs.send("One.");
    anns.send("Two.");
    await world.advance(10_000);
    expect(said(anns).sort()).toEqual(["One. sent", "Two. sent"]);
    polls.forget();
    server.append(id, "bob", "Three.");
    await world.advance(40_000);
    expect(said(anns)).toContain("Three. sent");
    expect(server.log(id).entries).toHaveLength(3);
    expect(frames("SENDMSG").length).toBeLessThanOrEqual(2);
  });

  it("ends and waits as with a socket", async () => {
    const { world, polls, ann } = await start();
    const status = () => ann.connection.getSnapshot().status;
    polls.instead.push({ status: 200, body: { events: [], after: "0", wait: 25, closed: 4006 } });
    await world.advance(30_000);
    expect(status()).toBe("waiting");
    await world.advance(30_000);
    expect(status()).toBe("online");
    polls.instead.push({ status: 200, body: "a page of something in between" });
    await world.advance(26_000);
    await world.advance(10_000);
    expect(status()).toBe("online");
    polls.instead.push({ status: 200, body: { events: [], after: "0", wait: 25, closed: 4001 } });
    await world.advance(30_000);
    expect(status()).toBe("ended");
  });

  it("lets go of all when it stops", async () => {
    const { world, polls, ann } = await start();
    expect(polls.held).toBe(1);
    ann.stop();
    const calls = polls.calls.length;
    await world.advance(1);
    expect(polls.held).toBe(0);
    await world.advance(10 * MINUTE);
    expect(polls.calls).toHaveLength(calls);
  });
});

describe("where the server is away", () => {
  it("comes back by whichever opens", async () => {
    const { world, net, polls, ann } = await start();
    polls.away = true;
    await world.advance(5 * MINUTE);
    expect(ann.connection.getSnapshot().status).toBe("waiting");
    net.blocked = false;
    await world.advance(MINUTE);
    expect(ann.connection.getSnapshot().status).toBe("online");
    expect(polls.calls.at(-1)?.at).toBeLessThan(world.now() - 1_000);
  });
});

describe("where nobody may wait", () => {
  it("is told of changes, and asks for what they are", async () => {
    const { world, polls, ann, bob, frames } = await start({ waits: false });
    const [anns, bobs] = [inView(ann), inView(bob)];
    anns.send("Are you there?");
    await world.advance(1_000);
    bobs.send("I am.");
    bobs.markRead(1);
    await world.advance(31_000);
    expect(said(anns)).toEqual(["Are you there? read", "I am. sent"]);
    const before = polls.calls.length;
    await world.advance(10 * MINUTE);
    expect(polls.calls.length - before).toBeLessThan(60);
    expect(frames("SENDMSG")).toHaveLength(1);
  });

  it("asks for the rest of a SYNC that ended early", async () => {
    const { world, server, polls, ann } = await start({ waits: false });
    const conversation = inView(ann);
    server.append(id, "bob", "0");
    await world.advance(31_000);
    polls.syncFrames = 2;
    for (let number = 1; number <= 20; number++) server.append(id, "bob", `${number}`);
    await world.advance(31_000);
    const texts = conversation.getSnapshot().messages.map(({ text }) => text);
    expect(texts).toEqual(Array.from({ length: 21 }, (_, number) => `${number}`));
  });
});
