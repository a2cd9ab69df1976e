import { describe, expect, it } from "vitest";
import { AizuchiError, createAuth } from "../src/index.ts";

const page = "<!doctype html><title>An error page of something in between</title>";

/** The calls of a server whose answers are these. */
function answering(body: string | null, status = 200) {
  return createAuth({
    httpUrl: "http://chat.test",
    fetch: () => Promise.resolve(new Response(body, { status })),
  });
}

const failureOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => "no failure",
    (error: unknown) => (error instanceof AizuchiError ? error.code : error),
  );

it.each([
  ["http://chat.test", "http://chat.test/api/auth/refresh"],
  ["http://chat.test/", "http://chat.test/api/auth/refresh"],
  ["http://chat.test/live/", "http://chat.test/live/api/auth/refresh"],
])("calls are made at %s", async (httpUrl, expected) => {
  const asked: unknown[] = [];
  const answer = (url: unknown): Promise<Response> => {
    asked.push(String(url));
    return Promise.resolve(new Response(page));
  };
  await failureOf(createAuth({ httpUrl, fetch: answer }).refresh());
  expect(asked).toEqual([expected]);
});

describe("an answer that is none of the server's", () => {
  it.each([
    ["a page", page, 502],
    ["nothing", "", 504],
    ["a refusal without a code", '{"message":"Forbidden"}', 403],
    ["no object", "null", 500],
    ["a page as if all were well", page, 200],
    ["half of it", '{"token":"t","expi', 200],
    ["nothing as if all were well", "", 200],
    ["something else", '{"message":"OK"}', 200],
    ["a list", "[]", 200],
  ])("says that the server is not available: %s", async (_, body, status) => {
    expect(await failureOf(answering(body, status).refresh())).toBe("unavailable");
  });

  it("is not taken for a thing done", async () => {
    const auth = answering(page);
    expect(await failureOf(auth.changePassword("token", "old", "new"))).toBe("unavailable");
    expect(await failureOf(auth.signOut())).toBe("unavailable");
    expect(await failureOf(answering(null, 204).signOut())).toBe("no failure");
  });

  it("does not end a session, which only the server may", async () => {
    expect(await failureOf(answering(page, 401).refresh())).toBe("unavailable");
    const over = '{"code":"unauthorized","error":"The session is over."}';
    expect(await failureOf(answering(over, 401).refresh())).toBe("unauthorized");
  });
});
