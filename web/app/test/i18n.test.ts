import { describe, expect, test } from "vitest";
import { datesOf } from "../src/i18n/dates.ts";
import { browserLocale, dictionaries, i18nOf } from "../src/i18n/index.tsx";
import { pluralizer } from "../src/i18n/plural.ts";

/** Every entry of a dictionary by its path; functions are called with something to show. */
function entries(node: unknown, path = ""): [path: string, text: string][] {
  if (typeof node === "string") return [[path, node]];
  if (typeof node === "function") {
    return [[path, String((node as (...values: unknown[]) => unknown)(3, "x"))]];
  }
  return Object.entries(node as object).flatMap(([key, value]) =>
    entries(value, path === "" ? key : `${path}.${key}`),
  );
}

describe("dictionaries", () => {
  const english = entries(dictionaries.en);
  const japanese = new Map(entries(dictionaries.ja));

  test("have the same entries", () => {
    expect([...japanese.keys()].sort()).toEqual(english.map(([path]) => path).sort());
  });

  test("leave nothing empty and nothing untranslated", () => {
    const shared = new Set(["list.many", "notifications.titleCount"]);
    for (const [path, text] of english) {
      expect(text, path).not.toBe("");
      expect(japanese.get(path), path).not.toBe("");
      if (!shared.has(path)) expect(japanese.get(path), path).not.toBe(text);
    }
  });
});

test("the browser's first language that is spoken is taken", () => {
  expect(browserLocale(["de-DE", "ja-JP", "en-US"])).toBe("ja");
  expect(browserLocale(["en-GB", "ja"])).toBe("en");
  expect(browserLocale(["fr"])).toBe("en");
});

test("counted phrases take the form that the language has", () => {
  const forms = { one: "# message", other: "# messages" };
  expect(pluralizer("en")(1, forms)).toBe("1 message");
  expect(pluralizer("en")(1200, forms)).toBe("1,200 messages");
  expect(pluralizer("ja")(1, forms)).toBe("1 messages");
});

describe("dates", () => {
  const now = new Date(2024, 4, 17, 15, 30).getTime();
  const words = { today: "Today", yesterday: "Yesterday" };
  const { day, short, ago } = datesOf("en-GB");
  const at = (month: number, date: number, hour = 9, year = 2024): number =>
    new Date(year, month - 1, date, hour, 5).getTime();

  test("are as near as a heading wants them", () => {
    expect(day(at(5, 17), now, words)).toBe("Today");
    expect(day(at(5, 16, 23), now, words)).toBe("Yesterday");
    expect(day(at(5, 13), now, words)).toBe("Monday");
    expect(day(at(3, 3), now, words)).toMatch(/^Sun,? 3 March$/);
    expect(day(at(3, 3, 9, 2021), now, words)).toBe("3 March 2021");
  });

  test("are as short as a list wants them", () => {
    expect(short(at(5, 17), now, words)).toBe("9:05");
    expect(short(at(5, 16), now, words)).toBe("Yesterday");
    expect(short(at(5, 13), now, words)).toBe("Mon");
    expect(short(at(3, 3), now, words)).toBe("3 Mar");
    expect(short(at(3, 3, 9, 2021), now, words)).toBe("03/03/2021");
  });

  test("say how long ago", () => {
    expect(ago(now - 5 * 60_000, now)).toBe("5 minutes ago");
    expect(ago(now - 3 * 3_600_000, now)).toBe("3 hours ago");
    expect(ago(at(5, 16, 1), now)).toBe("yesterday");
    expect(ago(now + 1000, now)).toBe("this minute");
  });

  test("keep the reader's region", () => {
    expect(i18nOf("en", ["ja", "en-GB"]).dates.short(at(3, 3), now, words)).toBe("3 Mar");
    expect(i18nOf("en", ["en-US"]).dates.short(at(3, 3), now, words)).toBe("Mar 3");
  });
});
