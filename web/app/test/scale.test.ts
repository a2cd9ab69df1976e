import { describe, expect, test } from "vitest";
import { around, decades, logScale, spread, valueAt } from "../src/estimate/scale.ts";

test("a decade is as long as any other", () => {
  const x = logScale([10, 1000], [0, 200]);
  expect([10, 100, 1000].map(x)).toEqual([0, 100, 200]);
  expect(decades(10, 1000)).toEqual([10, 100, 1000]);
  expect(decades(0.05, 3)).toEqual([0.1, 1]);
});

test("the scale goes around all values that have a place on it", () => {
  expect(around([0, 0.3, 70_000])).toEqual([0.1, 100_000]);
  expect(around([5])).toEqual([1, 10]);
  const [low, high] = around([]);
  expect(high).toBeGreaterThan(low);
});

describe("labels", () => {
  test("that are too near move apart, in their order", () => {
    expect(spread([100, 102, 40], 17, 400)).toEqual([100, 117, 40]);
  });

  test("stay above the bottom", () => {
    expect(spread([390, 395, 100], 17, 396)).toEqual([379, 396, 100]);
  });
});

describe("a curve between its points", () => {
  const users = [10, 100, 1000];

  test("is as straight as it is drawn", () => {
    expect(valueAt(users, [1, 10, 100], 100)).toBe(10);
    // On logarithmic scales: half way between 10 and 1,000 is 100.
    expect(valueAt([10, 1000], [2, 200], 100)).toBeCloseTo(20);
  });

  test("ends where there is no figure", () => {
    expect(valueAt(users, [1, null, null], 50)).toBeUndefined();
    expect(valueAt(users, [0, 0, 5], 500)).toBeUndefined();
    expect(valueAt(users, [1, 2, 3], 5000)).toBeUndefined();
    expect(valueAt(users, [1, 2, 3], 5)).toBeUndefined();
  });
});
