import { expect, test } from "vitest";
import { formatRoute, parseRoute, type Route } from "../src/shell/routes.ts";

const places: Route[] = [
  { page: "home" },
  { page: "settings" },
  { page: "estimate" },
  { page: "conversation", conversationId: "d:a%2Fb:c%20d" },
  { page: "conversation", conversationId: "r:01hx" },
  { page: "invite", sub: "3f6b2a1e" },
  { page: "invite", sub: "with space+plus&and#hash/日本" },
];

test.each(places)("$page is found again by its address", (route) => {
  const url = new URL(formatRoute(route), "https://chat.example");
  expect(parseRoute(url.pathname, url.hash)).toEqual(route);
});

test.each([
  ["/nowhere", ""],
  ["/c", ""],
  ["/c/", ""],
  ["/c/a/b", ""],
  ["/c/%E0%A4%A", ""],
  ["/settings/more", ""],
  ["/estimate/more", ""],
  ["/invite", ""],
  ["/invite", "#u="],
])("%s%s is home", (pathname, hash) => {
  expect(parseRoute(pathname, hash)).toEqual({ page: "home" });
});

test("who invites is not sent to the server", () => {
  const url = new URL(formatRoute({ page: "invite", sub: "secret" }), "https://chat.example");
  expect(url.pathname + url.search).toBe("/invite");
});
