import { describe, expect, test } from "vitest";
import { parseConfig } from "../src/state/config.ts";

const page = "https://chat.example/c/somebody";
const builtin = { kind: "builtin" };

describe("the configuration", () => {
  test("of one binary is relative to the page", () => {
    const told = { socketUrl: "/ws", httpUrl: "/", auth: builtin, tokenIn: "subprotocol" };
    expect(parseConfig(told, page)).toEqual({
      socketUrl: "wss://chat.example/ws",
      httpUrl: "https://chat.example/",
      auth: builtin,
      tokenIn: "subprotocol",
      idleReleaseSeconds: 0,
    });
    expect(parseConfig(told, "http://127.0.0.1:8080/")?.socketUrl).toBe("ws://127.0.0.1:8080/ws");
  });

  test("may name another host, and all that a client can be told", () => {
    const told = {
      socketUrl: "wss://a1.execute-api.eu-west-1.amazonaws.com/live",
      httpUrl: "/",
      auth: { kind: "oidc", authority: "https://i", clientId: "c", authorizeUrl: "https://i/a" },
      tokenIn: "query",
      idleReleaseSeconds: 300,
      keepAliveSeconds: 300,
      pushes: "best-effort",
    };
    expect(parseConfig(told, page)).toEqual({ ...told, httpUrl: "https://chat.example/" });
  });

  test.each([
    ["a page", "<!doctype html>"],
    ["nothing", null],
    ["an empty one", {}],
    ["no issuer's address", { socketUrl: "/ws", httpUrl: "/", auth: { kind: "oidc" } }],
    ["an unknown way to sign in", { socketUrl: "/ws", httpUrl: "/", auth: { kind: "magic" } }],
    ["no address", { socketUrl: "http://", httpUrl: "/", auth: builtin }],
  ])("is nothing else: %s", (_, told) => {
    expect(parseConfig(told, page)).toBeUndefined();
  });
});
