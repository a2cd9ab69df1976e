import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decode } from "../src/codec.ts";
import { conversationIdOf } from "../src/index.ts";
import { openPage } from "./device.ts";
import { FakeServer } from "./fake-server.ts";
import { World } from "./world.ts";

/** The golden frames, which the server's tests read as well. */
interface Golden {
  readonly name: string;
  readonly direction: "client" | "server";
  readonly level: number;
  readonly frame: Readonly<Record<string, unknown>>;
}

const folder = new URL("../../../fixtures/wire/", import.meta.url);
const goldens = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .flatMap((name) => JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Golden | Golden[])
  .filter(({ level }) => level === 1);
const ofServer = goldens.filter(({ direction }) => direction === "server");
const ofClient = goldens.filter(({ direction }) => direction === "client");

describe("golden frames", () => {
  it("are there", () => {
    expect(ofServer.length).toBeGreaterThan(0);
    expect(ofClient.length).toBeGreaterThan(0);
  });

  it.each(ofServer)("of the server are understood: $name", ({ frame }) => {
    expect(decode(JSON.stringify(frame))).toEqual(frame);
  });

  it("know every field that the client sends", async () => {
    const known = new Map<unknown, Record<string, string>>();
    for (const { frame } of ofClient) {
      known.set(frame.action, { ...known.get(frame.action), ...typesOf(frame) });
    }
    for (const frame of await everyFrame()) {
      // Every frame may have a `requestId`, whether or not a golden one has.
      const fields = { requestId: "string", ...known.get(frame.action) };
      expect(fields, frame.action).toMatchObject(typesOf(frame));
    }
  });
});

function typesOf(frame: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(frame).map(([name, value]) => [
      name,
      Array.isArray(value) ? "array" : typeof value,
    ]),
  );
}

/** What a client sends that does all it can. */
async function everyFrame() {
  const world = new World();
  const server = new FakeServer(world);
  const id = conversationIdOf("ann", "bob");
  for (let i = 1; i <= 10; i++) server.append(id, "bob", `${i}`);
  const { client } = openPage(server, "ann");
  const bob = openPage(server, "bob").client;
  const conversation = client.conversation(id);
  conversation.subscribe(() => undefined);
  client.presence("bob").subscribe(() => undefined);
  await world.advance(1_000);
  conversation.setTyping(true);
  const attachments = [{ id: "a1", name: "a.txt", mediaType: "text/plain", size: 1 }];
  conversation.send("hello", { replyTo: 10, attachments });
  conversation.markRead(10);
  await world.advance(100);
  conversation.react(10, "👍", true);
  conversation.edit(11, "hello again");
  conversation.remove(11);
  void conversation.loadOlder();
  let events = 0;
  server.faults.loseEvent = () => ++events === 1;
  bob.conversation(id).send("lost");
  bob.conversation(id).send("early");
  await world.advance(30_000);
  server.close(1006);
  await world.advance(30_000);
  const frames = server.received.map(({ frame }) => frame);
  const actions = [
    "PING",
    "SENDMSG",
    "GETMSG",
    "SYNC",
    "CONVERSATIONS",
    "READ",
    "TYPING",
    "WATCH",
    "REACT",
    "EDITMSG",
    "DELMSG",
  ];
  expect(new Set(frames.map(({ action }) => action))).toEqual(new Set(actions));
  return frames;
}
