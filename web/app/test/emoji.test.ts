import { memoryStore } from "@aizuchi/sdk";
import { expect, test } from "vitest";
import en from "virtual:emoji/en";
import ja from "virtual:emoji/ja";
import { noteEmoji, recentEmoji } from "../src/emoji/recent.ts";

test("every emoji has a name in each language, and is found by the words of both", () => {
  expect(en.length).toBeGreaterThan(1_500);
  expect(ja.map(({ emoji }) => emoji)).toEqual(en.map(({ emoji }) => emoji));
  for (const all of [en, ja]) {
    const cat = all.find(({ emoji }) => emoji.startsWith("🐈"));
    const words = [cat?.label, ...(cat?.tags ?? [])];
    expect(words).toContain("cat");
    expect(words).toContain("ネコ");
  }
  const hand = en.find(({ emoji }) => emoji.startsWith("👍"));
  expect(Object.keys(hand?.skins ?? {})).toHaveLength(5);
});

test("those used last are remembered, the last one first", () => {
  const storage = memoryStore();
  expect(recentEmoji(storage)).toEqual([]);
  for (const emoji of ["🐈", "🍵", "🐈", "👍"]) noteEmoji(storage, emoji);
  expect(recentEmoji(storage)).toEqual(["👍", "🐈", "🍵"]);
  storage.set("aizuchi.emoji", '{"no":"list"}');
  expect(recentEmoji(storage)).toEqual([]);
  storage.set("aizuchi.emoji", '["👍", 3, "<a long text that is no emoji and never was one>"]');
  expect(recentEmoji(storage)).toEqual(["👍"]);
});
