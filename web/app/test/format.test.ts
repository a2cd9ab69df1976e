import { describe, expect, test } from "vitest";
import { formatted, mentionsOf, unmarked } from "../src/conversation/format.ts";

const mika = { sub: "u-mika", username: "mika" };
const mika2 = { sub: "u-mika2", username: "mika.s" };
const aiko = { sub: "u-aiko", username: "愛子" };

describe("formatting", () => {
  test.each([
    ["plain words", [{ kind: "text", text: "plain words" }]],
    [
      "a **bold** word",
      [
        { kind: "text", text: "a " },
        { kind: "bold", pieces: [{ kind: "text", text: "bold" }] },
        { kind: "text", text: " word" },
      ],
    ],
    [
      "これは**大事**です",
      [
        { kind: "text", text: "これは" },
        { kind: "bold", pieces: [{ kind: "text", text: "大事" }] },
        { kind: "text", text: "です" },
      ],
    ],
    [
      "run `a **b** c`",
      [
        { kind: "text", text: "run " },
        { kind: "code", text: "a **b** c" },
      ],
    ],
    ["```js\nlet a;\nlet b;\n```", [{ kind: "block", text: "let a;\nlet b;" }]],
    [
      "**see https://example.com/a**",
      [
        {
          kind: "bold",
          pieces: [
            { kind: "text", text: "see " },
            { kind: "link", text: "https://example.com/a", href: "https://example.com/a" },
          ],
        },
      ],
    ],
  ])("of %j", (text, pieces) => {
    expect(formatted(text)).toEqual(pieces);
  });

  test.each(["2**3**4", "f(**a, **b)", "** open", "****", "a ` b", "**two\nlines**", "```"])(
    "leaves %j as it is",
    (text) => {
      expect(formatted(text)).toEqual([{ kind: "text", text }]);
    },
  );

  test("makes links of nothing but web and mail addresses", () => {
    const tricks = [
      "javascript:alert(1)",
      "**javascript:alert(1)**",
      "[x](javascript:alert(1))",
      "data:text/html,<script>alert(1)</script>",
      "vbscript:msgbox(1)",
      "<a href='javascript:alert(1)'>x</a>",
      "java\u0000script:alert(1)",
    ];
    for (const trick of tricks) {
      const pieces = formatted(trick).flatMap((one) => (one.kind === "bold" ? one.pieces : [one]));
      expect(pieces.filter(({ kind }) => kind === "link")).toEqual([]);
    }
  });

  test("takes no time over what is made to take it", () => {
    // What takes too long ends with the time of the test.
    for (const part of ["**a", "`", "```a", "@"]) {
      expect(formatted(part.repeat(2_000), [mika]).length).toBeGreaterThan(0);
    }
  });

  test("is left out of a line", () => {
    expect(unmarked("**so** `it` is")).toBe("so it is");
    expect(unmarked("2**3")).toBe("2**3");
  });
});

describe("mentions", () => {
  const found = (text: string) =>
    mentionsOf(text, [mika, mika2, aiko]).map(({ from, to, sub }) => [text.slice(from, to), sub]);

  test.each([
    ["hello @mika", [["@mika", "u-mika"]]],
    ["@Mika, @MIKA.", [["@Mika", "u-mika"], ["@MIKA", "u-mika"]]], // prettier-ignore
    ["ask @mika.s about it", [["@mika.s", "u-mika2"]]],
    ["ねえ@愛子さん", [["@愛子", "u-aiko"]]],
    ["＠mikaさん", [["＠mika", "u-mika"]]],
    ["ann@mika said", []],
    ["@mikado and ann@mika.example", []],
    ["@nobody", []],
  ])("in %j", (text, mentions) => {
    expect(found(text)).toEqual(mentions);
  });

  test("are pieces of their own, outside of code", () => {
    expect(formatted("@mika `@mika`", [mika])).toEqual([
      { kind: "mention", text: "@mika", sub: "u-mika" },
      { kind: "text", text: " " },
      { kind: "code", text: "@mika" },
    ]);
  });
});
