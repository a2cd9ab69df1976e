import { describe, expect, it } from "vitest";
import { derived, sameItems, value } from "../src/observable.ts";
import { settle } from "./world.ts";

describe("derived", () => {
  it("computes only when asked, and once for each change", () => {
    let computed = 0;
    const observable = derived(() => ++computed);
    observable.invalidate();
    expect([observable.getSnapshot(), observable.getSnapshot(), computed]).toEqual([1, 1, 1]);
    observable.invalidate();
    expect(observable.getSnapshot()).toBe(2);
  });

  it("keeps the old snapshot where the new one says the same", () => {
    const items = [1];
    const observable = derived(() => [...items], { equal: sameItems });
    const first = observable.getSnapshot();
    observable.invalidate();
    expect(observable.getSnapshot()).toBe(first);
    items.push(2);
    observable.invalidate();
    expect(observable.getSnapshot()).toEqual([1, 2]);
  });

  it("tells the changes of one turn once, and not those who left", async () => {
    let told = 0;
    const observable = derived(() => 0);
    const leave = observable.subscribe(() => told++);
    observable.invalidate();
    observable.invalidate();
    await settle();
    expect(told).toBe(1);
    leave();
    observable.invalidate();
    await settle();
    expect(told).toBe(1);
  });

  it("knows when the first came and the last left", () => {
    const seen: string[] = [];
    const observable = derived(() => 0, {
      onObserved: () => seen.push("observed"),
      onUnobserved: () => seen.push("unobserved"),
    });
    const same = (): void => undefined;
    const leave = [observable.subscribe(same), observable.subscribe(same)];
    leave[0]?.();
    leave[0]?.();
    expect(observable.observed()).toBe(true);
    leave[1]?.();
    expect(seen).toEqual(["observed", "unobserved"]);
  });
});

describe("value", () => {
  it("is what it was set to, and silent where that is the same", async () => {
    let told = 0;
    const observable = value(1);
    observable.subscribe(() => told++);
    observable.set(1);
    await settle();
    observable.set(2);
    await settle();
    expect([observable.getSnapshot(), told]).toEqual([2, 1]);
  });
});
