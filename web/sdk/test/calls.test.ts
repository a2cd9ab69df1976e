import { describe, expect, it } from "vitest";
import { Calls, type Answer } from "../src/calls.ts";
import type { ClientFrame, ServerFrame } from "../src/generated/wire.ts";
import { ANSWER_TIMEOUT } from "../src/limits.ts";
import { World } from "./world.ts";

function start(connected = true) {
  const world = new World();
  const sent: ClientFrame[] = [];
  const calls = new Calls((frame) => connected && sent.push(frame) > 0, world.setTimer);
  const told: string[] = [];
  const call = (more: (frame: Answer) => boolean = () => false) => {
    calls.call(
      { action: "SYNC" },
      {
        onAnswer: (frame) => {
          told.push(frame.action);
          return more(frame);
        },
        onFailure: ({ code }) => told.push(code),
      },
    );
    return sent.at(-1)?.requestId ?? "";
  };
  return { world, calls, told, call };
}

const sync = (requestId: string, more = false): ServerFrame => ({
  action: "SYNC",
  conversations: [],
  entries: [],
  more,
  since: "1",
  requestId,
});

describe("calls", () => {
  it("finds each answer's question", () => {
    const { calls, told, call } = start();
    const [first, second] = [call(), call()];
    expect(first).not.toBe(second);
    expect(calls.answer(sync(second))).toBe(true);
    expect(calls.answer({ action: "ERROR", code: "forbidden", error: "", requestId: first })).toBe(
      true,
    );
    expect(told).toEqual(["SYNC", "forbidden"]);
  });

  it("leaves alone what answers nothing, or a question a second time", () => {
    const { calls, told, call } = start();
    const requestId = call();
    calls.answer(sync(requestId));
    expect(calls.answer(sync(requestId))).toBe(false);
    expect(calls.answer(sync("unknown"))).toBe(false);
    expect(calls.answer({ action: "TYPING", conversationId: "d:a:b", sub: "a", on: true })).toBe(
      false,
    );
    expect(told).toEqual(["SYNC"]);
  });

  it("waits only so long, anew for each frame of an answer", async () => {
    const { world, calls, told, call } = start();
    const requestId = call((frame) => frame.action === "SYNC" && frame.more);
    for (let i = 0; i < 3; i++) {
      await world.advance(ANSWER_TIMEOUT - 1);
      calls.answer(sync(requestId, true));
    }
    expect(told).toEqual(["SYNC", "SYNC", "SYNC"]);
    await world.advance(ANSWER_TIMEOUT);
    expect(told.at(-1)).toBe("unavailable");
    expect(calls.answer(sync(requestId))).toBe(false);
  });

  it("fails at once without a connection, and when one is gone", () => {
    const without = start(false);
    without.call();
    expect(without.told).toEqual(["unavailable"]);
    const { calls, told, call } = start();
    call();
    calls.drop();
    expect(told).toEqual(["unavailable"]);
  });
});
