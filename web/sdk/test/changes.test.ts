import { describe, expect, it } from "vitest";
import { conversationIdOf } from "../src/index.ts";
import { nothing, openPage, startServer as start } from "./device.ts";
import { Disk } from "./memory-archive.ts";

const id = conversationIdOf("ann", "bob");

async function talking() {
  const { world, server, frames } = start();
  server.append(id, "bob", "one");
  server.append(id, "bob", "two");
  const disk = new Disk();
  const page = openPage(server, "ann", { archive: disk.open() });
  const bob = openPage(server, "bob").client;
  for (const client of [page.client, bob]) client.conversation(id).subscribe(nothing);
  await world.advance(2_000);
  return { world, server, frames, disk, ann: page.client, bob };
}

describe("what is done to messages", () => {
  it("is seen at once here, and soon on every other device", async () => {
    const { world, ann, bob } = await talking();
    bob.conversation(id).edit(1, "uno");
    bob.conversation(id).remove(2);
    expect(bob.conversation(id).getSnapshot().messages).toMatchObject([
      { text: "uno" },
      { text: "", deleted: true },
    ]);
    ann.conversation(id).react(1, "👍", true);
    await world.advance(2_000);
    for (const client of [ann, bob]) {
      expect(client.conversation(id).getSnapshot().messages).toMatchObject([
        { text: "uno", reactions: [{ emoji: "👍", count: 1, subs: ["ann"] }] },
        { deleted: true },
      ]);
    }
    expect(ann.conversations.getSnapshot().items).toMatchObject([
      { unread: 1, last: { deleted: true } },
    ]);
  });

  it("is told by a SYNC after an absence, and outlives the page", async () => {
    const { world, server, disk, ann, bob } = await talking();
    ann.stop();
    bob.conversation(id).edit(2, "dos");
    bob.conversation(id).react(2, "🎉", true);
    await world.advance(2_000);
    const next = openPage(server, "ann", { archive: disk.open() }).client;
    next.conversation(id).subscribe(nothing);
    await world.advance(5_000);
    const expected = [{ text: "one" }, { text: "dos", reactions: [{ emoji: "🎉" }] }];
    expect(next.conversation(id).getSnapshot().messages).toMatchObject(expected);
    next.stop();
    server.faults.refuse = () => true;
    const away = openPage(server, "ann", { archive: disk.open() }).client;
    away.conversation(id).subscribe(nothing);
    await world.advance(5_000);
    expect(away.conversation(id).getSnapshot().messages).toMatchObject(expected);
    expect(away.conversations.getSnapshot().items).toMatchObject([{ last: { text: "dos" } }]);
  });

  it("reaches what is held also where its own entry was lost and a page closed the gap", async () => {
    const { world, server, frames, ann, bob } = await talking();
    let events = 0;
    server.faults.loseEvent = () => ++events === 1;
    bob.conversation(id).edit(1, "uno");
    await world.advance(100);
    bob.conversation(id).send("three");
    await world.advance(5_000);
    expect(ann.conversation(id).getSnapshot().messages).toMatchObject([
      { text: "uno" },
      { text: "two" },
      { text: "three" },
    ]);
    expect(frames("GETMSG").filter(({ after }) => after === 0)).toHaveLength(1);
  });

  it("is undone where the server refuses it for good, which says why", async () => {
    const { world, server, bob } = await talking();
    server.faults.fail = (frame) =>
      frame.action === "DELMSG" ? { code: "forbidden", after: false } : undefined;
    bob.conversation(id).remove(1);
    await world.advance(2_000);
    const { messages, refused } = bob.conversation(id).getSnapshot();
    expect(messages).toMatchObject([{ text: "one" }, { text: "two" }]);
    expect(refused).toMatchObject({ code: "forbidden" });
  });

  it("is done once although its acknowledgement was lost", async () => {
    const { world, server, bob } = await talking();
    let failures = 0;
    server.faults.fail = (frame) =>
      frame.action === "REACT" && ++failures === 1
        ? { code: "unavailable", after: true }
        : undefined;
    bob.conversation(id).react(1, "👍", true);
    await world.advance(5_000);
    expect(server.log(id).entries.filter(({ kind }) => kind === "reaction")).toHaveLength(1);
    expect(bob.conversation(id).getSnapshot().messages[0]).toMatchObject({
      reactions: [{ count: 1 }],
    });
  });

  it("needs a message that is there", async () => {
    const { bob } = await talking();
    expect(() => {
      bob.conversation(id).edit(9, "x");
    }).toThrow("There is no such message.");
  });
});
