import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createOidcAuth, memoryStore } from "../src/index.ts";

const REDIRECT = "https://chat.test/signed-in";
const grant = { token: "t", expiresIn: 600, user: { sub: "ann", username: "Ann" } };

/** A tab of a server that answers each call with `answer`. */
function tab(answer: unknown = grant, status = 200) {
  const calls: { url: string; init: RequestInit }[] = [];
  const store = memoryStore();
  const auth = createOidcAuth({
    httpUrl: "https://chat.test",
    authorizeUrl: "https://id.test/authorize?client_id=web&response_type=code&scope=openid",
    redirectUri: REDIRECT,
    store,
    fetch: (input, init) => {
      calls.push({ url: input instanceof URL ? input.href : "", init: init ?? {} });
      return Promise.resolve(new Response(JSON.stringify(answer), { status }));
    },
  });
  const sent = (): Record<string, string> =>
    JSON.parse(calls.at(-1)?.init.body as string) as Record<string, string>;
  return { auth, calls, store, sent };
}

const begin = async (auth: ReturnType<typeof tab>["auth"]): Promise<URLSearchParams> =>
  new URL(await auth.begin("/invite#u=bob")).searchParams;

describe("a sign-in at another issuer", () => {
  it("asks for a code, by PKCE with S256, under a state of its own", async () => {
    const { auth, calls } = tab();
    const [one, other] = [await begin(auth), await begin(auth)];
    expect(Object.fromEntries(one)).toMatchObject({
      client_id: "web",
      response_type: "code",
      scope: "openid",
      redirect_uri: REDIRECT,
      code_challenge_method: "S256",
    });
    for (const name of ["state", "code_challenge"]) {
      expect(one.get(name)).toMatch(/^[\w-]{43}$/);
      expect(one.get(name)).not.toBe(other.get(name));
    }
    expect(calls).toEqual([]);
  });

  it("hands the code and its verifier to the server, once", async () => {
    const { auth, calls, sent } = tab();
    const asked = await begin(auth);
    const query = `?code=c&state=${asked.get("state") ?? ""}`;
    const back = auth.finish(query);
    expect(back?.returnTo).toBe("/invite#u=bob");
    expect(await back?.grant).toEqual(grant);
    expect(calls[0]?.url).toBe("https://chat.test/api/auth/code");
    const { code, verifier, redirectUri } = sent();
    expect([code, redirectUri]).toEqual(["c", REDIRECT]);
    const proof = createHash("sha256")
      .update(verifier ?? "")
      .digest("base64url");
    expect(proof).toBe(asked.get("code_challenge"));
    expect(auth.finish(query)).toBeUndefined();
  });

  it.each(["", "&state=", "&state=forged"])("refuses a code with %j", async (state) => {
    const { auth, calls } = tab();
    await begin(auth);
    const back = auth.finish(`?code=c${state}`);
    await expect(back?.grant).rejects.toMatchObject({ code: "invalid_request" });
    expect(calls).toEqual([]);
  });

  it("takes no code that this tab did not ask for", () => {
    expect(tab().auth.finish("?code=c&state=s")).toBeUndefined();
  });

  it("survives a page that has nothing to finish", async () => {
    const { auth } = tab();
    const asked = await begin(auth);
    expect(auth.finish("")).toBeUndefined();
    expect(auth.finish(`?code=c&state=${asked.get("state") ?? ""}`)).toBeDefined();
  });

  it.each([
    ["access_denied", "forbidden"],
    ["invalid_scope", "forbidden"],
    ["temporarily_unavailable", "unavailable"],
  ])("turns the issuer's %s into %s", async (error, code) => {
    const { auth, calls } = tab();
    const state = (await begin(auth)).get("state") ?? "";
    const back = auth.finish(`?error=${error}&state=${state}`);
    await expect(back?.grant).rejects.toMatchObject({ code });
    expect(calls).toEqual([]);
  });
});

describe("its session", () => {
  it("is renewed by the cookie", async () => {
    const { auth, calls } = tab();
    expect(await auth.refresh()).toEqual(grant);
    expect(calls[0]).toMatchObject({
      url: "https://chat.test/api/auth/refresh",
      init: { method: "POST", credentials: "same-origin" },
    });
  });

  it("ends with its sockets, and says where to go on", async () => {
    const { auth, calls } = tab({ endSession: "https://id.test/logout" });
    expect(await auth.signOut("t")).toBe("https://id.test/logout");
    expect(calls[0]?.init.headers).toMatchObject({ Authorization: "Bearer t" });
    expect(await tab({}).auth.signOut()).toBeUndefined();
  });
});
