import { describe, expect, it } from "vitest";
import { compareBytes, conversationIdOf, partnerIn, uuidSource } from "../src/ids.ts";
import { seeded } from "./world.ts";

describe("conversationIdOf", () => {
  it("is the same from either side", () => {
    expect(conversationIdOf("b", "a")).toBe("d:a:b");
    expect(conversationIdOf("a", "b")).toBe("d:a:b");
  });

  it("keeps ids apart that hold its own separator", () => {
    expect(conversationIdOf("a:b", "c/d")).toBe("d:a%3Ab:c%2Fd");
  });

  it("orders by the bytes of UTF-8, where UTF-16 orders otherwise", () => {
    // U+FF21 is EF BC A1 and U+1F600 is F0 9F 98 80, but its UTF-16 begins with D83D.
    const [fullwidth, emoji] = ["\uff21", "\u{1f600}"];
    expect(emoji < fullwidth).toBe(true);
    expect(compareBytes(fullwidth, emoji)).toBeLessThan(0);
    expect(conversationIdOf(emoji, fullwidth)).toBe("d:%EF%BC%A1:%F0%9F%98%80");
  });
});

describe("partnerIn", () => {
  it.each([
    ["d:a:b", "a", "b"],
    ["d:a:b", "b", "a"],
    ["d:a%3Ab:c", "c", "a:b"],
    ["d:a:b", "c", undefined],
    ["d:a:b:c", "a", undefined],
    ["d:%:b", "b", undefined],
    ["r:a:b", "a", undefined],
  ])("of %s for %s is %s", (id, self, partner) => {
    expect(partnerIn(id, self)).toBe(partner);
  });
});

describe("uuidSource", () => {
  it("makes UUIDv7s that begin with the time", () => {
    const id = uuidSource(() => 0x0123456789ab, seeded(1))();
    expect(id).toMatch(/^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("grows strictly within a millisecond and when the clock steps back", () => {
    let now = 1_000_000;
    const next = uuidSource(() => now, seeded(1));
    const ids: string[] = [];
    for (let i = 0; i < 10_000; i++) {
      if (i === 5_000) now -= 500;
      ids.push(next());
    }
    expect(ids).toEqual([...new Set(ids)].sort());
  });
});
