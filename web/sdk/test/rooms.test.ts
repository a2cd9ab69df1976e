import { describe, expect, it } from "vitest";
import type { Session } from "../src/api.ts";
import { Calls } from "../src/calls.ts";
import type { ClientFrame, Message } from "../src/generated/wire.ts";
import type { Call } from "../src/http.ts";
import { createRoomCalls } from "../src/members.ts";
import { changed, readByAll, type Room } from "../src/room.ts";
import { createRooms } from "../src/rooms.ts";
import { World } from "./world.ts";

const session = { token: () => Promise.resolve("t") } as unknown as Session;

const ada = { sub: "ada", username: "Ada" };
const bob = { sub: "bob", username: "Bob" };
const cyd = { sub: "cyd", username: "Cyd" };

describe("a room", () => {
  const room: Room = { name: "Walks", memberCount: 2, role: "member" };
  const after = (change: unknown, fromSub = "bob", before = room) =>
    changed(before, [ada, bob], { fromSub, change } as Message, "ada");

  it("follows what happens to it", () => {
    expect(after({ type: "renamed", name: "Runs" }).room.name).toBe("Runs");
    expect(after({ type: "invited", members: [cyd, bob] })).toEqual({
      room: { ...room, memberCount: 3 },
      members: [ada, bob, cyd],
    });
    expect(after({ type: "left" })).toEqual({ room: { ...room, memberCount: 1 }, members: [ada] });
    expect(after({ type: "role", sub: "ada", role: "admin" }).room.role).toBe("admin");
    expect(after({ type: "role", sub: "bob", role: "admin" }).room.role).toBe("member");
    expect(after({ type: "flooded" })).toEqual({ room, members: [ada, bob] });
  });

  it("has no role for one who was removed, until he is invited again", () => {
    const gone = after({ type: "removed", sub: "ada" });
    expect(gone).toEqual({ room: { name: "Walks", memberCount: 1 }, members: [bob] });
    const back = changed(
      gone.room,
      gone.members,
      { fromSub: "bob", change: { type: "invited", members: [ada] } } as unknown as Message,
      "ada",
    );
    expect(back.room).toEqual({ ...room, memberCount: 2 });
  });

  it("is read by all only where all that are in it are known to have read", () => {
    const members = [ada, bob, cyd];
    expect(readByAll(members, { memberCount: 3 }, { ada: 9, bob: 5, cyd: 4 }, "ada")).toBe(4);
    expect(readByAll(members, { memberCount: 4 }, { ada: 9, bob: 5, cyd: 4 }, "ada")).toBe(0);
    expect(readByAll(members, { memberCount: 4 }, { bob: 5, cyd: 4, dan: 3 }, "ada")).toBe(3);
    expect(readByAll([ada, bob], {}, { bob: 5 }, "ada")).toBe(5);
  });
});

/** The calls of a server that gives these answers, in their order. */
function overHttp(answers: unknown[] = [], made: Call[] = []) {
  const http = (call: Call): Promise<unknown> => {
    made.push(call);
    return Promise.resolve(answers.shift());
  };
  return createRoomCalls(http, session);
}

describe("what of rooms goes by HTTP", () => {
  it("keeps a link's secret out of addresses", async () => {
    const made: Call[] = [];
    const link = { linkId: "1", secret: "s3cret", expiresAt: 9 };
    const seen = { conversationId: "r:1", name: "Walks", members: 2 };
    const rooms = overHttp([link, { links: [] }, seen, undefined], made);
    expect(await rooms.createLink("r:1", { expiresInSeconds: 60 })).toEqual(link);
    expect(await rooms.links("r:1")).toEqual([]);
    expect(await rooms.preview("s3cret")).toEqual(seen);
    await rooms.revokeLink("r:1", "1");
    expect(made.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /api/rooms/r%3A1/links",
      "GET /api/rooms/r%3A1/links",
      "POST /api/rooms/preview",
      "DELETE /api/rooms/r%3A1/links/1",
    ]);
    expect(made.map(({ body }) => body)).toEqual([
      { expiresInSeconds: 60 },
      undefined,
      { secret: "s3cret" },
      undefined,
    ]);
  });

  it("tells members in pages", async () => {
    const made: Call[] = [];
    const bobs = { ...bob, role: "member", read: 3 };
    const rooms = overHttp([{ members: [bobs], cursor: "bob" }, { members: [] }, {}], made);
    const first = await rooms.members("r:1", { limit: 1 });
    expect(first).toEqual({ members: [bobs], cursor: "bob" });
    expect(await rooms.members("r:1", { cursor: "b&b" })).toEqual({ members: [] });
    expect(made.map(({ path }) => path)).toEqual([
      "/api/rooms/r%3A1/members?limit=1",
      "/api/rooms/r%3A1/members?cursor=b%26b",
    ]);
    await expect(rooms.members("r:1")).rejects.toMatchObject({ code: "unavailable" });
  });
});

describe("a change of a room", () => {
  function start() {
    const world = new World();
    const sent: ClientFrame[] = [];
    const calls = new Calls((frame) => {
      sent.push(frame);
      return true;
    }, world.setTimer);
    let ids = 0;
    const changes: string[] = [];
    const rooms = createRooms({
      calls,
      overHttp: overHttp(),
      newId: () => `c${++ids}`,
      onChanged: (id, { action }) => changes.push(`${action} ${id}`),
    });
    const last = (): ClientFrame & { requestId?: string } => sent.at(-1) ?? { action: "PING" };
    return { calls, rooms, sent, changes, last };
  }

  it("is done once, also where it is asked for again since no answer came", async () => {
    const { calls, rooms, changes, last } = start();
    const first = rooms.create("Walks", ["bob"]);
    calls.drop();
    await expect(first).rejects.toMatchObject({ code: "unavailable" });
    const again = rooms.create("Walks", ["bob"]);
    const { requestId = "" } = last();
    expect(last()).toMatchObject({ action: "CREATEROOM", subs: ["bob"], clientMsgId: "c1" });
    const place = { conversationId: "r:1", messageId: "m", seq: 1, timestamp: 1 };
    calls.answer({ action: "ACK", clientMsgId: "c1", ...place, requestId });
    expect(await again).toBe("r:1");
    expect(changes).toEqual(["CREATEROOM r:1"]);
    void rooms.create("Walks", ["bob"]).catch(() => undefined);
    expect(last()).toMatchObject({ clientMsgId: "c2" });
  });

  it("may be to come by a link", async () => {
    const { calls, rooms, changes, last } = start();
    const joining = rooms.join("s3cret");
    expect(last()).toMatchObject({ action: "JOIN", link: "s3cret", clientMsgId: "c1" });
    const { requestId = "" } = last();
    const place = { conversationId: "r:1", messageId: "m", seq: 4, timestamp: 1 };
    calls.answer({ action: "ACK", clientMsgId: "c1", ...place, requestId });
    expect(await joining).toBe("r:1");
    expect(changes).toEqual(["JOIN r:1"]);
  });

  it("rejects with what the server says", async () => {
    const { calls, rooms, changes, last } = start();
    const renaming = rooms.rename("r:1", "Runs");
    const { requestId = "" } = last();
    calls.answer({ action: "ERROR", code: "forbidden", error: "No.", requestId });
    await expect(renaming).rejects.toMatchObject({ code: "forbidden" });
    expect(changes).toEqual([]);
  });
});
