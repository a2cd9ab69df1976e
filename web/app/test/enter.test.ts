import { expect, test } from "vitest";
import { sends } from "../src/conversation/enter.ts";

const enter = { key: "Enter", shiftKey: false, keyCode: 13, isComposing: false };

test("Enter sends", () => {
  expect(sends(enter)).toBe(true);
});

test("Shift+Enter breaks the line", () => {
  expect(sends({ ...enter, shiftKey: true })).toBe(false);
});

test("an Enter that ends a composition does not send", () => {
  expect(sends({ ...enter, isComposing: true })).toBe(false);
  // Safari: the composition is over when the key comes.
  expect(sends({ ...enter, keyCode: 229 })).toBe(false);
});

test("other keys do not send", () => {
  expect(sends({ ...enter, key: "a", keyCode: 65 })).toBe(false);
});
