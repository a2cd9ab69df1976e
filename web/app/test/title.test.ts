import { expect, test } from "vitest";
import { dictionaries } from "../src/i18n/index.tsx";
import { titleOf } from "../src/shell/title.ts";

const { en, ja } = dictionaries;

test("the title counts what is unread", () => {
  expect(titleOf(0, undefined, en)).toBe("Aizuchi");
  expect(titleOf(3, undefined, en)).toBe("(3) Aizuchi");
  expect(titleOf(3, "mika", en)).toBe("(3) mika · Aizuchi");
  expect(titleOf(100, undefined, ja)).toBe("(99+) 相槌");
});
