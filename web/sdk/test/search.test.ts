import { expect, it } from "vitest";
import { Calls } from "../src/calls.ts";
import type { ClientFrame, Hit } from "../src/generated/wire.ts";
import { createSearch } from "../src/search.ts";
import { World } from "./world.ts";

const hit: Hit = {
  conversationId: "d:ada:bob",
  seq: 7,
  messageId: "0190f5fe-7c00-7a00-8a00-0123456789ab",
  fromSub: "bob",
  timestamp: 1_700_000_000_000,
  excerpt: "🦩 相槌",
  highlights: [[3, 5]],
};

function start() {
  const sent: ClientFrame[] = [];
  const calls = new Calls((frame) => {
    sent.push(frame);
    return true;
  }, new World().setTimer);
  return { sent, calls, search: createSearch(calls) };
}

it("asks with what it is told, and gives a page", async () => {
  const { sent, calls, search } = start();
  const page = search("相槌", { conversationId: "d:ada:bob", cursor: "41", limit: 5 });
  expect(sent).toEqual([
    {
      action: "SEARCH",
      query: "相槌",
      conversationId: "d:ada:bob",
      cursor: "41",
      limit: 5,
      requestId: "1",
    },
  ]);
  calls.answer({ action: "SEARCH", requestId: "1", hits: [hit], cursor: "40" });
  await expect(page).resolves.toEqual({ hits: [hit], cursor: "40" });
  expect(hit.excerpt.slice(...(hit.highlights[0] ?? []))).toBe("相槌");
});

it("has no cursor at the end", async () => {
  const { calls, search } = start();
  const page = search("x");
  calls.answer({ action: "SEARCH", requestId: "1", hits: [] });
  await expect(page).resolves.toEqual({ hits: [] });
});

it("says why it does not work", async () => {
  const { calls, search } = start();
  const page = search("x");
  const error = "Search is turned off on this server.";
  calls.answer({ action: "ERROR", requestId: "1", code: "forbidden", error });
  await expect(page).rejects.toMatchObject({ code: "forbidden" });
});
