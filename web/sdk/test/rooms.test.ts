import { describe, expect, it } from "vitest";
import type { Failure, Session } from "../src/api.ts";
import type { Message } from "../src/generated/wire.ts";
import type { Call } from "../src/http.ts";
import { createRoomCalls } from "../src/members.ts";
import { Outbox } from "../src/outbox.ts";
import { changed, readByAll, type Room } from "../src/room.ts";
import { createRooms } from "../src/rooms.ts";
import { sendFrame } from "../src/sending.ts";
import { memoryStore } from "../src/storage.ts";
import { keyValueUnsent, type Unsent } from "../src/unsent.ts";
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
  const unavailable: Failure = { code: "unavailable", error: "A fault of the test." };

  /** A page, with an outbox whose tries the test ends by hand. */
  function start(storage = memoryStore(), state = { connected: true }) {
    const world = new World();
    const tries: { unsent: Unsent; done: (failure?: Failure) => void }[] = [];
    const changes: string[] = [];
    let ids = 0;
    const outbox = new Outbox({
      store: keyValueUnsent(storage, "outbox:"),
      random: () => 0.5,
      setTimer: world.setTimer,
      connected: () => state.connected,
      logged: () => false,
      transmit: (unsent, done) => tries.push({ unsent, done }),
      onRefused: (unsent, failure) => book.refused(unsent, failure),
      onGone: (unsent) => {
        book.gone(unsent);
      },
      onChange: () => undefined,
    });
    const book = createRooms({
      add: (unsent) => {
        outbox.add(unsent);
      },
      connected: () => state.connected,
      overHttp: overHttp(),
      now: () => 1,
      newId: () => `c${++ids}`,
      onChanged: (id, { action }) => changes.push(`${action} ${id}`),
    });
    return {
      storage,
      state,
      outbox,
      changes,
      rooms: book.rooms,
      frames: () => tries.map(({ unsent }) => sendFrame(unsent)),
      ack: (conversationId: string) => {
        const last = tries.at(-1);
        if (last) book.done(last.unsent, conversationId);
        last?.done();
      },
      fail: (failure: Failure) => tries.at(-1)?.done(failure),
    };
  }

  it("is done once, whatever becomes of the connection", async () => {
    const { rooms, outbox, state, storage, changes, frames, ack, fail } = start();
    const making = rooms.create("Walks", ["bob"]);
    expect(rooms.create("Walks", ["bob"])).toBe(making);
    state.connected = false;
    fail(unavailable);
    state.connected = true;
    outbox.up();
    const frame = { action: "CREATEROOM", name: "Walks", subs: ["bob"], clientMsgId: "c1" };
    expect(frames()).toEqual([frame, frame]);
    ack("r:1");
    expect(await making).toBe("r:1");
    expect(changes).toEqual(["CREATEROOM r:1"]);
    expect(storage.keys("outbox:")).toEqual([]);
    void rooms.create("Walks", ["bob"]);
    expect(frames().at(-1)).toEqual({ ...frame, clientMsgId: "c2" });
  });

  it("is done by the next page where this one is closed before", () => {
    const before = start();
    void before.rooms.invite("r:1", ["bob"]);
    void before.rooms.join("s3cret");
    const { outbox, frames, changes, ack, storage } = start(before.storage);
    outbox.up();
    expect(frames()).toEqual(before.frames());
    expect(frames()).toEqual([
      { action: "INVITE", conversationId: "r:1", subs: ["bob"], clientMsgId: "c1" },
      { action: "JOIN", link: "s3cret", clientMsgId: "c2" },
    ]);
    ack("r:2");
    expect(changes).toEqual(["JOIN r:2"]);
    expect(storage.keys("outbox:")).toEqual(["outbox:c1"]);
  });

  it("is done where its entry comes before its acknowledgement", async () => {
    const { rooms, outbox } = start();
    const renaming = rooms.rename("r:1", "Runs");
    outbox.settle("r:1", "c1");
    await expect(renaming).resolves.toBeUndefined();
  });

  it("is refused at once without a connection, and nothing is kept", async () => {
    const { rooms, state, storage, frames } = start();
    state.connected = false;
    await expect(rooms.leave("r:1")).rejects.toMatchObject({ code: "unavailable" });
    expect(storage.keys("outbox:")).toEqual([]);
    expect(frames()).toEqual([]);
  });

  it("rejects with what the server says, and is forgotten", async () => {
    const { rooms, fail, changes, storage } = start();
    const renaming = rooms.rename("r:1", "Runs");
    fail({ code: "forbidden", error: "No." });
    await expect(renaming).rejects.toMatchObject({ code: "forbidden" });
    expect(changes).toEqual([]);
    expect(storage.keys("outbox:")).toEqual([]);
  });
});
