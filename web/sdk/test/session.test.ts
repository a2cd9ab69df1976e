import { describe, expect, it } from "vitest";
import { AizuchiError, createAuth, createSession, type Grant } from "../src/index.ts";
import { FakeLocks } from "./device.ts";
import { settle, World } from "./world.ts";

const user = { sub: "ann", username: "Ann" };
const grantOf = (token: string): Grant => ({ token, expiresIn: 600, user });
const failure = (code: "unauthorized" | "unavailable"): AizuchiError =>
  new AizuchiError({ code, error: "A fault of the test." });

/** A source whose answers the test gives by hand. */
function source() {
  const asked: { resolve: (grant: Grant) => void; reject: (error: Error) => void }[] = [];
  return {
    asked,
    refresh: () =>
      new Promise<Grant>((resolve, reject) => {
        asked.push({ resolve, reject });
      }),
  };
}

describe("a session", () => {
  const start = (locks = new FakeLocks()) => {
    const world = new World();
    const from = source();
    const session = createSession({
      source: from,
      grant: grantOf("first"),
      now: world.now,
      locks,
    });
    return { world, from, session, locks };
  };

  it("gives the token that it has until shortly before it expires", async () => {
    const { world, from, session } = start();
    expect(await session.token()).toBe("first");
    await world.advance(539_999);
    expect(await session.token()).toBe("first");
    await world.advance(1);
    const token = session.token();
    await settle();
    from.asked[0]?.resolve(grantOf("second"));
    expect(await token).toBe("second");
    expect(await session.token()).toBe("second");
    expect(from.asked).toHaveLength(1);
  });

  it("renews once however many ask", async () => {
    const { from, session } = start();
    const tokens = [1, 2, 3].map(() => session.token({ fresh: true }));
    await settle();
    expect(from.asked).toHaveLength(1);
    from.asked[0]?.resolve(grantOf("second"));
    expect(await Promise.all(tokens)).toEqual(["second", "second", "second"]);
  });

  it("renews one page after the other", async () => {
    const first = start();
    const second = start(first.locks);
    const tokens = [first, second].map(({ session }) => session.token({ fresh: true }));
    await settle();
    expect(second.from.asked).toHaveLength(0);
    first.from.asked[0]?.resolve(grantOf("of the first"));
    await settle();
    second.from.asked[0]?.resolve(grantOf("of the second"));
    expect(await Promise.all(tokens)).toEqual(["of the first", "of the second"]);
  });

  it("outlives a network that is away", async () => {
    const { from, session } = start();
    const token = session.token({ fresh: true });
    await settle();
    from.asked[0]?.reject(failure("unavailable"));
    await expect(token).rejects.toMatchObject({ code: "unavailable" });
    expect(session.ended.getSnapshot()).toBe(false);
    const again = session.token({ fresh: true });
    await settle();
    from.asked[1]?.resolve(grantOf("second"));
    expect(await again).toBe("second");
  });

  it("ends when the server says so, and tells it once", async () => {
    const { from, session } = start();
    let told = 0;
    session.ended.subscribe(() => told++);
    const tokens = [session.token({ fresh: true }), session.token({ fresh: true })];
    await settle();
    from.asked[0]?.reject(failure("unauthorized"));
    for (const token of tokens) await expect(token).rejects.toMatchObject({ code: "unauthorized" });
    await settle();
    expect([session.ended.getSnapshot(), told]).toEqual([true, 1]);
    await expect(session.token()).rejects.toMatchObject({ code: "unauthorized" });
  });

  it("ends when another page signed in as somebody else", async () => {
    const { from, session } = start();
    const token = session.token({ fresh: true });
    await settle();
    from.asked[0]?.resolve({ ...grantOf("foreign"), user: { sub: "bob", username: "Bob" } });
    await expect(token).rejects.toMatchObject({ code: "unauthorized" });
    expect(session.ended.getSnapshot()).toBe(true);
  });

  it("gives no token that arrives after it was ended", async () => {
    const { from, session } = start();
    const token = session.token({ fresh: true });
    await settle();
    session.end();
    from.asked[0]?.resolve(grantOf("second"));
    await expect(token).rejects.toMatchObject({ code: "unauthorized" });
  });
});

describe("the calls of the built-in pool", () => {
  const answering = (status: number, body: string) => {
    const calls: { url: string; init: RequestInit }[] = [];
    const auth = createAuth({
      httpUrl: "https://chat.test",
      fetch: (input, init) => {
        calls.push({ url: input instanceof URL ? input.href : "", init: init ?? {} });
        return Promise.resolve(new Response(status === 204 ? null : body, { status }));
      },
    });
    return { auth, calls };
  };

  it("sends what was typed, and the cookie to its own page only", async () => {
    const { auth, calls } = answering(201, JSON.stringify(grantOf("t")));
    expect(await auth.signUp("Ann", "12345678")).toEqual(grantOf("t"));
    expect(calls[0]?.url).toBe("https://chat.test/api/auth/signup");
    expect(calls[0]?.init).toMatchObject({
      method: "POST",
      credentials: "same-origin",
      body: '{"user":"Ann","password":"12345678"}',
    });
  });

  it("sends the token where one is asked for", async () => {
    const { auth, calls } = answering(204, "");
    await auth.changePassword("t", "old password", "new password");
    expect(calls[0]?.init.headers).toMatchObject({ Authorization: "Bearer t" });
  });

  it.each([
    [401, '{"code":"unauthorized","error":"Wrong name or password."}', "unauthorized"],
    [409, '{"code":"conflict","error":"The name is taken."}', "conflict"],
    [502, "<html>Bad gateway</html>", "unavailable"],
    [401, "<html>A proxy wants something</html>", "unavailable"],
    [200, "<html>A captive portal</html>", "unavailable"],
    [200, '{"token":1}', "unavailable"],
  ])("turns %d %s into %s", async (status, body, code) => {
    await expect(answering(status, body).auth.refresh()).rejects.toMatchObject({ code });
  });

  it("says how long to wait", async () => {
    const { auth } = answering(429, '{"code":"rate_limited","error":"Wait.","retryAfterMs":3000}');
    await expect(auth.signIn("a", "b")).rejects.toMatchObject({
      code: "rate_limited",
      error: "Wait.",
      retryAfterMs: 3000,
    });
  });

  it("calls a network that fails unavailable", async () => {
    const auth = createAuth({
      httpUrl: "https://chat.test",
      fetch: () => Promise.reject(new TypeError("failed to fetch")),
    });
    await expect(auth.refresh()).rejects.toMatchObject({ code: "unavailable" });
  });
});
