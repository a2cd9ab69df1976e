import { describe, expect, it } from "vitest";
import { nothing, openPage, startServer as start } from "./device.ts";

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

  it("tells whom it watches one time after the other, the last one last", async () => {
    const { world, server, frames } = start();
    const { client } = openPage(server, "ann");
    openPage(server, "cem");
    await world.advance(1_000);
    // The first telling is slow, and a second one beside it would overtake it.
    server.faults.overtake = () => true;
    server.faults.latency = () => (frames("WATCH").length === 0 ? 900 : 5);
    const leave = client.presence("bob").subscribe(nothing);
    await world.advance(100);
    leave();
    client.presence("cem").subscribe(nothing);
    server.faults.latency = () => 5;
    await world.advance(2_000);
    expect(frames("WATCH").map(({ subs }) => subs)).toEqual([["bob"], ["cem"]]);
    expect(client.presence("cem").getSnapshot().online).toBe(true);
  });

  it("is asked for again where the server could not tell", async () => {
    const { world, server, frames } = start();
    let failures = 0;
    server.faults.fail = (frame) =>
      frame.action === "WATCH" && ++failures <= 2
        ? { code: "rate_limited", after: false, retryAfterMs: 2_000 }
        : undefined;
    const { client } = openPage(server, "ann");
    openPage(server, "bob");
    client.presence("bob").subscribe(nothing);
    await world.advance(10_000);
    expect(frames("WATCH")).toHaveLength(1);
    expect(client.presence("bob").getSnapshot().online).toBe(true);
  });
});
