import { describe, expect, test } from "vitest";
import { piecesOf } from "../src/conversation/links.ts";

const hrefs = (text: string): (string | undefined)[] =>
  piecesOf(text)
    .map((piece) => piece.href)
    .filter((href) => href !== undefined);

describe("links", () => {
  test.each([
    ["see https://example.com/a?b=1#c.", "https://example.com/a?b=1#c"],
    ["see http://example.com", "http://example.com/"],
    ["example.com is it", "https://example.com/"],
    ["write to me@example.com", "mailto:me@example.com"],
    ["(https://example.com/x)", "https://example.com/x"],
  ])("are found in %j", (text, href) => {
    expect(hrefs(text)).toEqual([href]);
  });

  test("end where Japanese text goes on without a space", () => {
    expect(piecesOf("これhttps://example.com/aを見て。")).toEqual([
      { text: "これ" },
      { text: "https://example.com/a", href: "https://example.com/a" },
      { text: "を見て。" },
    ]);
  });

  test.each([
    "javascript:alert(1)",
    "JAVASCRIPT://example.com/%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "ftp://example.com/x",
    "//example.com/x",
    "<img src=x onerror=alert(1)>",
  ])("lead nowhere but to web and mail addresses: %j", (text) => {
    for (const href of hrefs(text)) expect(href).toMatch(/^(https?:\/\/|mailto:)/);
  });

  test.each([
    "",
    "plain",
    "a\nb\n\nc",
    "ことば https://example.com/あ",
    "x ftp://example.com/ y https://example.com z",
  ])("take no character away from %j", (text) => {
    expect(
      piecesOf(text)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(text);
  });
});
