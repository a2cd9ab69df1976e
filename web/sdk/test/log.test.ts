import { describe, expect, it } from "vitest";
import { KEPT_MESSAGES } from "../src/limits.ts";
import { Log } from "../src/log.ts";
import type { Message } from "../src/message.ts";

function message(seq: number): Message {
  return { seq, messageId: `m${seq}`, message: `text ${seq}`, fromSub: "ann", timestamp: seq };
}

const seqs = (messages: readonly Message[]): number[] => messages.map(({ seq }) => seq);

function logAt(seq: number): Log {
  const log = new Log();
  log.restart(seq);
  return log;
}

describe("Log", () => {
  it("holds back what comes early and gives it in order", () => {
    const log = new Log();
    expect(seqs(log.add(1, message(1)))).toEqual([1]);
    expect(seqs(log.add(4, message(4)))).toEqual([]);
    expect(seqs(log.add(3, message(3)))).toEqual([]);
    expect(log.gap).toBe(true);
    expect(seqs(log.early)).toEqual([3, 4]);
    expect(seqs(log.add(2, message(2)))).toEqual([2, 3, 4]);
    expect(log.gap).toBe(false);
    expect(seqs(log.messages)).toEqual([1, 2, 3, 4]);
  });

  it("takes nothing twice", () => {
    const log = logAt(5);
    expect(log.add(5, message(5))).toEqual([]);
    expect(seqs(log.add(6, message(6)))).toEqual([6]);
    expect(log.add(6, message(6))).toEqual([]);
    expect(log.add(8, message(8))).toEqual([]);
    expect(log.add(8, message(8))).toEqual([]);
    expect(seqs(log.add(7, message(7)))).toEqual([7, 8]);
  });

  it("lets an entry of an unknown kind take its place", () => {
    const log = new Log();
    expect(seqs(log.add(2, message(2)))).toEqual([]);
    expect(seqs(log.add(1, undefined))).toEqual([2]);
    expect(log.head).toBe(2);
  });

  it("closes a gap with a page that leaves out what is no message", () => {
    const log = logAt(10);
    log.add(14, message(14));
    expect(seqs(log.cover([message(12)], 10, 13))).toEqual([12, 14]);
    expect(log.head).toBe(14);
  });

  it("takes of a page only what is new", () => {
    const log = logAt(10);
    log.add(11, message(11));
    expect(seqs(log.cover([message(11), message(12)], 10, 12))).toEqual([12]);
    expect(log.cover([message(11)], 10, 11)).toEqual([]);
  });

  it("ignores a page that begins beyond what it knows", () => {
    const log = logAt(3);
    expect(log.cover([message(9)], 8, 9)).toEqual([]);
    expect([log.head, log.known]).toEqual([3, 9]);
  });

  it("grows backwards page by page", () => {
    const log = logAt(10);
    expect(log.prepend([message(8), message(10)], 11, true)).toBe(true);
    expect(log.floor).toBe(7);
    expect(log.prepend([message(2)], 8, false)).toBe(true);
    expect(log.floor).toBe(0);
    expect(seqs(log.messages)).toEqual([2, 8, 10]);
  });

  it("ignores an older page that was asked for before it started over", () => {
    const log = logAt(10);
    log.restart(2_000);
    expect(log.prepend([message(10)], 11, true)).toBe(false);
    expect(log.messages).toEqual([]);
    expect(log.floor).toBe(2_000);
  });

  it("keeps what came early when it starts over before it", () => {
    const log = logAt(1);
    log.add(6, message(6));
    log.add(8, message(8));
    expect(seqs(log.restart(5))).toEqual([6]);
    expect([log.floor, log.head, log.known]).toEqual([5, 6, 8]);
  });

  it("forgets only what is old and read", () => {
    const log = new Log();
    const count = KEPT_MESSAGES + 50;
    for (let seq = 1; seq <= count; seq++) log.add(seq, message(seq));
    log.trim(20);
    expect(log.floor).toBe(20);
    log.trim(count);
    expect(log.floor).toBe(50);
    expect(log.messages).toHaveLength(KEPT_MESSAGES);
    log.trim(0);
    expect(log.floor).toBe(50);
  });
});
