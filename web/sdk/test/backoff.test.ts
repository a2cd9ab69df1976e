import { describe, expect, it } from "vitest";
import { backoff } from "../src/backoff.ts";

describe("backoff", () => {
  it.each([
    [0, 500],
    [1, 1_000],
    [2, 2_000],
    [5, 16_000],
    [6, 30_000],
    [60, 30_000],
    [Infinity, 30_000],
  ])("is anywhere below its bound at try %d", (attempt, bound) => {
    expect(backoff(attempt, () => 0)).toBe(0);
    expect(backoff(attempt, () => 0.5)).toBe(bound / 2);
    expect(backoff(attempt, () => 1 - Number.EPSILON)).toBe(bound - 1);
  });
});
