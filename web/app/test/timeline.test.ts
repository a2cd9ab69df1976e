import { describe, expect, test } from "vitest";
import { grewAbove, newestSeq, timeline } from "../src/conversation/timeline.ts";
import { message } from "./messages.ts";

const noon = new Date(2024, 4, 17, 12).getTime();
const minutes = (count: number): number => noon + count * 60_000;

function groups(...times: readonly (readonly [from: string, at: number])[]) {
  const messages = times.map(([from, timestamp]) => message(from, { timestamp }));
  return timeline(messages, "me", undefined).map(({ startsGroup, endsGroup }) => [
    startsGroup,
    endsGroup,
  ]);
}

describe("grouping", () => {
  test("keeps one person's messages together", () => {
    expect(groups(["me", noon], ["me", minutes(1)], ["me", minutes(2)])).toEqual([
      [true, false],
      [false, false],
      [false, true],
    ]);
  });

  test("parts at another person", () => {
    expect(groups(["me", noon], ["you", minutes(1)], ["me", minutes(2)])).toEqual([
      [true, true],
      [true, true],
      [true, true],
    ]);
  });

  test("parts at a pause", () => {
    expect(groups(["me", noon], ["me", minutes(5)], ["me", minutes(10.1)])).toEqual([
      [true, false],
      [false, true],
      [true, true],
    ]);
  });

  test("parts at midnight", () => {
    const midnight = new Date(2024, 4, 18).getTime();
    expect(groups(["me", midnight - 1000], ["me", midnight])).toEqual([
      [true, true],
      [true, true],
    ]);
  });
});

describe("dividers", () => {
  test("stand where a day begins", () => {
    const midnight = new Date(2024, 4, 18).getTime();
    const rows = timeline(
      [
        message("me", { timestamp: midnight - 2000 }),
        message("you", { timestamp: midnight - 1000 }),
        message("you", { timestamp: midnight }),
      ],
      "me",
      undefined,
    );
    expect(rows.map((row) => row.startsDay)).toEqual([true, false, true]);
  });

  test("stand before the first unread message, which begins a group", () => {
    const messages = [message("you"), message("you"), message("you")];
    const rows = timeline(messages, "me", messages[1]?.seq);
    expect(rows.map((row) => row.startsUnread)).toEqual([false, true, false]);
    expect(rows.map((row) => row.startsGroup)).toEqual([true, true, false]);
  });

  test("do not stand before a message that is on its way", () => {
    const { seq: _, ...pending } = message("me", { state: "pending" });
    expect(timeline([pending], "me", undefined)[0]?.startsUnread).toBe(false);
  });
});

test("tells one's own messages from others'", () => {
  const rows = timeline([message("me"), message("you")], "me", undefined);
  expect(rows.map((row) => row.mine)).toEqual([true, false]);
});

describe("growing", () => {
  const messages = [message("me"), message("me"), message("me"), message("me")];
  const rows = (from: number, to: number) => timeline(messages.slice(from, to), "me", undefined);

  test("is seen above", () => {
    expect(grewAbove(rows(2, 4), rows(0, 4))).toBe(true);
  });

  test("is not seen below, nor where nothing was before", () => {
    expect(grewAbove(rows(0, 2), rows(0, 4))).toBe(false);
    expect(grewAbove(rows(0, 4), rows(0, 4))).toBe(false);
    expect(grewAbove([], rows(0, 4))).toBe(false);
  });
});

test("the newest seq skips what is on its way", () => {
  const { seq: _, ...pending } = message("me", { state: "pending" });
  const first = message("you");
  const rows = timeline([first, pending, pending], "me", undefined);
  expect(newestSeq(rows, 3)).toBe(first.seq);
  expect(newestSeq(rows, 0)).toBeUndefined();
});
