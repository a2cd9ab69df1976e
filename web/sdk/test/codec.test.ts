import { describe, expect, it } from "vitest";
import { decode } from "../src/codec.ts";

const sent = {
  action: "SENDMSG",
  conversationId: "d:a:b",
  messageId: "m1",
  seq: 1,
  message: "hi",
  fromSub: "a",
  timestamp: 1,
};
const sync = { action: "SYNC", conversations: [], entries: [], more: false, since: "1" };

describe("decode", () => {
  it.each([
    sent,
    { ...sent, unknown: { field: true } },
    { action: "ERROR", code: "a code of a later version", error: "Well." },
    { ...sync, entries: [{ conversationId: "d:a:b", seq: 2, kind: "poll" }] },
  ])("takes %j", (frame) => {
    expect(decode(JSON.stringify(frame))).toEqual(frame);
  });

  it.each([
    "",
    "{",
    "null",
    "[]",
    '"SENDMSG"',
    "{}",
    '{"action":1}',
    '{"action":"toString"}',
    '{"action":"__proto__"}',
    '{"action":"FROM_THE_FUTURE"}',
    JSON.stringify({ ...sent, seq: "1" }),
    JSON.stringify({ ...sent, seq: 1.5 }),
    JSON.stringify({ ...sent, seq: -1 }),
    JSON.stringify({ ...sent, message: undefined }),
    JSON.stringify({ ...sent, clientMsgId: null }),
    JSON.stringify({ ...sync, requestId: 1 }),
    JSON.stringify({ ...sync, entries: [null] }),
    JSON.stringify({ ...sync, entries: [{ conversationId: "d:a:b", seq: 2, kind: "message" }] }),
    JSON.stringify({ ...sync, conversations: [{ conversationId: "d:a:b" }] }),
    new ArrayBuffer(1),
  ])("ignores %s", (data) => {
    expect(decode(data)).toBeUndefined();
  });
});
