import { expect, test } from "vitest";
import { createHttp } from "../src/http.ts";
import { createNotifications } from "../src/notifications.ts";
import { createSession } from "../src/session.ts";

/** The calls with which a server answers these, one after another. */
function server(answers: { status?: number; body?: unknown }[]) {
  const calls: { method: string; path: string; body: unknown; token: string | null }[] = [];
  const http = createHttp("http://chat.test/", (input, init) => {
    const { status = 200, body } = answers.shift() ?? {};
    calls.push({
      method: init?.method ?? "GET",
      path: new URL(input instanceof Request ? input.url : input).pathname,
      body: typeof init?.body === "string" ? (JSON.parse(init.body) as unknown) : undefined,
      token: new Headers(init?.headers).get("authorization"),
    });
    const text = body === undefined ? null : JSON.stringify(body);
    return Promise.resolve(new Response(text, { status }));
  });
  const user = { sub: "ada", username: "Ada" };
  const session = createSession({
    source: { refresh: () => Promise.reject(new Error("it is good for long")) },
    grant: { user, token: "t", expiresIn: 3_600 },
  });
  return { calls, notifications: createNotifications(http, session) };
}

const token = "Bearer t";

test("a browser is told to the server, and taken away again", async () => {
  const { calls, notifications } = server([
    { body: { key: "BKey" } },
    { status: 204 },
    { status: 204 },
  ]);
  expect(await notifications.key()).toBe("BKey");
  const keys = { p256dh: "p", auth: "a" };
  await notifications.subscribe({ endpoint: "https://push/1", keys }, { preview: false });
  await notifications.unsubscribe("https://push/1");
  const path = "/api/push/subscriptions";
  expect(calls).toEqual([
    { method: "GET", path: "/api/push/key", body: undefined, token },
    { method: "PUT", path, body: { endpoint: "https://push/1", keys, preview: false }, token },
    { method: "DELETE", path, body: { endpoint: "https://push/1" }, token },
  ]);
});

test("what one wants of a conversation is asked and decided", async () => {
  const { calls, notifications } = server([{ body: { notifications: "all" } }, { status: 204 }]);
  expect(await notifications.wanted("d:a%20b:c")).toBe("all");
  await notifications.want("d:a%20b:c", "mentions");
  const path = "/api/conversations/d%3Aa%2520b%3Ac/notifications";
  expect(calls).toEqual([
    { method: "GET", path, body: undefined, token },
    { method: "PUT", path, body: { notifications: "mentions" }, token },
  ]);
});

test.each([{}, { notifications: "some" }, { key: 7 }, []])(
  "an answer that makes no sense (%j) is none",
  async (body) => {
    const { notifications } = server([{ body }, { body }]);
    await expect(notifications.key()).rejects.toMatchObject({ code: "unavailable" });
    await expect(notifications.wanted("d:a:b")).rejects.toThrow();
  },
);
