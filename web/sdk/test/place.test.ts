import { describe, expect, it } from "vitest";
import { conversationIdOf, type MessageView, type Place } from "../src/index.ts";
import { nothing, openPage, startServer as start } from "./device.ts";
import { limits } from "./fake-server.ts";

const id = conversationIdOf("ann", "bob");
const HELD = limits.page;

const texts = ({ messages }: { messages: readonly MessageView[] }): string[] =>
  messages.map(({ text }) => text);
const numbers = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `${from + i}`);

/** Ann's page on a conversation of which she holds the newest page alone. */
async function opened(length = 200) {
  const { world, server, frames } = start();
  for (let i = 1; i <= length; i++) server.append(id, "bob", `${i}`);
  const { client } = openPage(server, "ann");
  const bob = openPage(server, "bob").client;
  const conversation = client.conversation(id);
  conversation.subscribe(nothing);
  await world.advance(2_000);
  const at = async (seq: number): Promise<Place> => {
    const place = conversation.around(seq);
    place.subscribe(nothing);
    await world.advance(1_000);
    return place;
  };
  return { world, server, frames, bob, client, conversation, at };
}

describe("a place far up", () => {
  it("holds what lies around it, and grows at both ends until it meets the end", async () => {
    const { world, conversation, at } = await opened(60);
    const place = await at(20);
    const first = place.getSnapshot();
    expect(texts(first)).toContain("20");
    expect(first).toMatchObject({ loading: false, hasOlder: true, hasNewer: true });

    void place.loadOlder();
    void place.loadOlder(); // One page at a time.
    await world.advance(1_000);
    expect(place.getSnapshot().messages).toHaveLength(first.messages.length + HELD);
    const newest = (): number => place.getSnapshot().messages.at(-1)?.seq ?? 0;
    const before = newest();
    void place.loadNewer();
    await world.advance(1_000);
    expect(newest()).toBe(before + HELD);

    while (place.getSnapshot().hasNewer) {
      void place.loadNewer();
      await world.advance(1_000);
    }
    const from = place.getSnapshot().messages[0]?.seq ?? 0;
    expect(texts(place.getSnapshot())).toEqual(numbers(from, 60));
    expect(texts(conversation.getSnapshot())).toEqual(numbers(from, 60));
  });

  it("is found where pages are short", async () => {
    const { at, frames } = await opened(60);
    const place = await at(10);
    expect(texts(place.getSnapshot())).toContain("10");
    expect(frames("GETMSG").length).toBeGreaterThan(2);
  });

  it("shows what is changed there, by others and by oneself", async () => {
    const { world, server, bob, conversation, at } = await opened(60);
    const place = await at(20);
    bob.conversation(id).subscribe(nothing);
    const his = bob.conversation(id).around(20);
    his.subscribe(nothing);
    await world.advance(1_000);
    bob.conversation(id).edit(20, "twenty");
    conversation.react(20, "👍", true);
    const there = (): MessageView | undefined =>
      place.getSnapshot().messages.find(({ seq }) => seq === 20);
    expect(there()?.reactions).toMatchObject([{ emoji: "👍", count: 1 }]);
    await world.advance(1_000);
    expect(there()).toMatchObject({ text: "twenty", reactions: [{ emoji: "👍", count: 1 }] });
    expect(server.logs.get(id)?.entries).toHaveLength(62);
    expect(() => {
      conversation.react(5_000, "👍", true);
    }).toThrow("no such message");
  });

  it("takes a change that comes while it is on its way", async () => {
    const { world, server, bob, conversation } = await opened(60);
    bob.conversation(id).subscribe(nothing);
    const his = bob.conversation(id).around(20);
    his.subscribe(nothing);
    await world.advance(1_000);
    const place = conversation.around(20);
    place.subscribe(nothing);
    server.faults.latency = () => 50;
    bob.conversation(id).edit(20, "twenty");
    await world.advance(1_000);
    expect(place.getSnapshot().messages.find(({ seq }) => seq === 20)?.text).toBe("twenty");
  });

  it("says that it did not come, and comes when asked again", async () => {
    const { world, server, conversation } = await opened(60);
    server.faults.fail = ({ action }) =>
      action === "GETMSG" ? { code: "unavailable", after: false } : undefined;
    const place = conversation.around(20);
    place.subscribe(nothing);
    await world.advance(1_000);
    expect(place.getSnapshot()).toMatchObject({ loading: false, messages: [] });
    expect(place.getSnapshot().error?.code).toBe("unavailable");
    server.faults.fail = () => undefined;
    void place.loadOlder();
    await world.advance(1_000);
    expect(texts(place.getSnapshot())).toContain("20");
    expect(place.getSnapshot().error).toBeUndefined();
  });

  it("is got anew where the log started over", async () => {
    const { world, server, conversation, client, at } = await opened(60);
    const place = await at(58);
    expect(place.getSnapshot().hasNewer).toBe(false);
    client.stop();
    for (let i = 61; i <= 400; i++) server.append(id, "bob", `${i}`);
    client.start();
    await world.advance(5_000);
    expect(texts(conversation.getSnapshot())).toEqual(numbers(394, 400));
    expect(texts(place.getSnapshot())).toContain("58");
    expect(place.getSnapshot().hasNewer).toBe(true);
  });
});

describe("a place that is held already", () => {
  it("is the conversation itself", async () => {
    const { conversation, frames, at } = await opened(60);
    const asked = frames("GETMSG").length;
    const place = await at(58);
    expect(place.getSnapshot()).toMatchObject({ hasNewer: false, hasOlder: true });
    expect(place.getSnapshot().messages).toEqual(conversation.getSnapshot().messages);
    expect(frames("GETMSG")).toHaveLength(asked);
    await place.loadNewer();
    expect(frames("GETMSG")).toHaveLength(asked);
  });
});

it("a place may be asked for before anything is known", async () => {
  const { world, server } = start();
  for (let i = 1; i <= 60; i++) server.append(id, "bob", `${i}`);
  const conversation = openPage(server, "ann").client.conversation(id);
  conversation.subscribe(nothing);
  const place = conversation.around(20);
  place.subscribe(nothing);
  expect(place.getSnapshot()).toMatchObject({ loading: true, messages: [] });
  await world.advance(3_000);
  expect(texts(place.getSnapshot())).toContain("20");
});
