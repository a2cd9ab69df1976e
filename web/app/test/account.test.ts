import {
  AizuchiError,
  type AuthApi,
  type Failure,
  type Grant,
  type KeyValueStore,
  memoryStore,
  type RuntimeConfig,
  type Session,
} from "@aizuchi/sdk";
import { describe, expect, test, vi } from "vitest";
import { fakeClient } from "../preview/fakeClient.ts";
import { type Account, createAccount } from "../src/state/account.ts";
import type { Backend } from "../src/state/backend.ts";
import { createDeviceMemory } from "../src/state/device.ts";
import { haru, lone } from "./render.tsx";

const config: RuntimeConfig = {
  socketUrl: "wss://chat.example/ws",
  httpUrl: "https://chat.example/",
  auth: { kind: "builtin" },
  tokenIn: "subprotocol",
  idleReleaseSeconds: 0,
};

/** An account on a device that knows nobody yet, unless told. */
function accountOf(
  connect: () => Promise<Backend>,
  {
    store = memoryStore(),
    backendOf = unknown,
  }: { store?: KeyValueStore; backendOf?: () => Backend } = {},
): Account {
  return createAccount({ connect, backendOf, device: createDeviceMemory(store) });
}

const unknown = (): never => {
  throw new Error("Nothing is known of an earlier visit.");
};

const grant: Grant = { token: "token", expiresIn: 600, user: haru };

function backend(refresh: () => Promise<Grant>) {
  const refuse = (): Promise<never> => Promise.reject(failure("unavailable"));
  const client = fakeClient(lone);
  const start = vi.fn();
  const stop = vi.fn();
  const forget = vi.fn(() => Promise.resolve());
  const auth: AuthApi = {
    refresh,
    signIn: () => Promise.resolve(grant),
    signUp: () => Promise.resolve(grant),
    signOut: vi.fn(() => Promise.resolve()),
    changePassword: vi.fn(() => Promise.resolve()),
    me: refuse,
  };
  const made: Backend & { auth: AuthApi } = {
    config,
    auth,
    source: auth,
    createClient: () => ({ ...client, start, stop, forget }),
  };
  return { made, auth, start, stop, forget };
}

const failure = (code: Failure["code"]): AizuchiError => new AizuchiError({ code, error: code });

describe("on load", () => {
  test("the cookie's session is taken up", async () => {
    const { made, start } = backend(() => Promise.resolve(grant));
    const account = accountOf(() => Promise.resolve(made));
    expect(account.state.getSnapshot().status).toBe("starting");
    await account.restore();
    expect(account.state.getSnapshot().status).toBe("signedIn");
    expect(start).toHaveBeenCalledOnce();
  });

  test("without a session there is one to begin", async () => {
    const { made } = backend(() => Promise.reject(failure("unauthorized")));
    const account = accountOf(() => Promise.resolve(made));
    await account.restore();
    expect(account.state.getSnapshot()).toEqual({ status: "signedOut", ended: false });
    await account.signIn("haru", "open sesame");
    expect(account.state.getSnapshot().status).toBe("signedIn");
  });

  test("a server that cannot be reached leaves it open, and is tried again", async () => {
    const { made } = backend(() => Promise.resolve(grant));
    const connect = vi.fn().mockRejectedValueOnce(failure("unavailable")).mockResolvedValue(made);
    const account = accountOf(connect as () => Promise<Backend>);
    await account.restore();
    expect(account.state.getSnapshot().status).toBe("unreachable");
    await account.restore();
    expect(account.state.getSnapshot().status).toBe("signedIn");
  });
});

describe("with another issuer", () => {
  function issued(
    comeBack: () => Promise<Grant> | undefined,
    refresh: () => Promise<Grant>,
    forms = false,
  ) {
    const { made, stop, forget } = backend(refresh);
    const leave = vi.fn(() => Promise.resolve());
    const signOut = vi.fn(() => Promise.resolve());
    const passedBy = vi.fn();
    const { createClient, auth } = made;
    const issuer = { refresh, leave, comeBack, passedBy, signOut };
    const account = accountOf(() =>
      Promise.resolve({ config, createClient, source: issuer, issuer, ...(forms && { auth }) }),
    );
    return { account, auth, leave, passedBy, signOut, stop, forget };
  }
  const refused = (): Promise<Grant> => Promise.reject(failure("unauthorized"));

  test("who comes back is signed in, and signs out with the token of the session", async () => {
    const { account, signOut, stop, forget } = issued(() => Promise.resolve(grant), refused);
    await account.restore();
    expect(account.state.getSnapshot().status).toBe("signedIn");
    await account.signOut();
    expect(signOut).toHaveBeenCalledWith("token");
    expect([stop.mock.calls.length, forget.mock.calls.length]).toEqual([1, 1]);
  });

  test("without a session one goes to the issuer, not to a form", async () => {
    const { account, leave } = issued(() => undefined, refused);
    await account.restore();
    expect(account.state.getSnapshot()).toEqual({ status: "signedOut", ended: false });
    expect([account.byIssuer(), account.byForm()]).toEqual([true, false]);
    await account.goToIssuer();
    expect(leave).toHaveBeenCalledOnce();
    await expect(account.signIn("haru", "open sesame")).rejects.toMatchObject({
      code: "not_found",
    });
  });

  test("its names and passwords work in a form where the server takes them", async () => {
    const { account, auth, passedBy, signOut } = issued(() => undefined, refused, true);
    await account.restore();
    expect([account.byIssuer(), account.byForm()]).toEqual([true, true]);
    await account.signUp("haru", "open sesame");
    expect(account.state.getSnapshot().status).toBe("signedIn");
    expect(passedBy).toHaveBeenCalledOnce();
    await account.signOut();
    expect(signOut).toHaveBeenCalledWith("token");
    expect(auth.signOut).not.toHaveBeenCalled();
  });

  test("who comes back in vain is told why", async () => {
    const problem = failure("forbidden");
    const { account } = issued(() => Promise.reject(problem), refused);
    await account.restore();
    expect(account.state.getSnapshot()).toEqual({ status: "signedOut", ended: false, problem });
  });

  test("a link with a foreign code ends no session", async () => {
    const { account } = issued(
      () => Promise.reject(failure("invalid_request")),
      () => Promise.resolve(grant),
    );
    await account.restore();
    expect(account.state.getSnapshot().status).toBe("signedIn");
  });
});

describe("on the next visit", () => {
  /** A device on which somebody signed in before. */
  async function visited(): Promise<KeyValueStore> {
    const store = memoryStore();
    const { made } = backend(() => Promise.resolve(grant));
    const account = accountOf(() => Promise.resolve(made), { store });
    await account.signIn("haru", "open sesame");
    return store;
  }
  const nowhere = (): Promise<never> => Promise.reject(failure("unavailable"));

  test("the page opens without a network", async () => {
    const store = await visited();
    const { made, start } = backend(nowhere);
    const account = accountOf(nowhere, { store, backendOf: () => made });
    await account.restore();
    expect(account.state.getSnapshot().status).toBe("signedIn");
    expect(start).toHaveBeenCalledOnce();
  });

  test("a session that is over by then ends, and what was kept goes", async () => {
    const store = await visited();
    let session: Session | undefined;
    const { made, forget } = backend(() => Promise.reject(failure("unauthorized")));
    const { createClient } = made;
    const backendOf = (): Backend => ({
      ...made,
      createClient: (begun) => {
        session = begun;
        return createClient(begun);
      },
    });
    const account = accountOf(() => Promise.resolve(made), { store, backendOf });
    await account.restore();
    await expect(session?.token()).rejects.toMatchObject({ code: "unauthorized" });
    expect(account.state.getSnapshot()).toEqual({ status: "signedOut", ended: true });
    expect(forget).toHaveBeenCalledOnce();
    expect(store.keys("")).toEqual([]);
  });

  test("a server that has moved is gone to", async () => {
    const store = await visited();
    const [old, moved] = [backend(nowhere), backend(nowhere)];
    const made = { ...moved.made, config: { ...config, socketUrl: "wss://other.example/ws" } };
    const account = accountOf(() => Promise.resolve(made), { store, backendOf: () => old.made });
    await account.restore();
    await vi.waitFor(() => {
      expect(moved.start).toHaveBeenCalledOnce();
    });
    expect(old.stop).toHaveBeenCalledOnce();
    expect(store.get("aizuchi.profile")).toContain("other.example");
  });

  test("a sign-out that did not reach the server is made up for", async () => {
    const store = await visited();
    const { made, auth } = backend(() => Promise.resolve(grant));
    vi.mocked(auth.signOut).mockRejectedValueOnce(failure("unavailable"));
    const before = accountOf(nowhere, { store, backendOf: () => made });
    await before.restore();
    await before.signOut();
    expect(before.state.getSnapshot()).toEqual({ status: "signedOut", ended: false });

    const refresh = vi.fn(() => Promise.reject<Grant>(failure("unauthorized")));
    const later = backend(refresh);
    const account = accountOf(() => Promise.resolve(later.made), { store });
    await account.restore();
    expect(later.auth.signOut).toHaveBeenCalledBefore(refresh);
    expect(account.state.getSnapshot()).toEqual({ status: "signedOut", ended: false });
    expect(store.keys("")).toEqual([]);
  });
});

test("another tab's sign-out ends this one", async () => {
  const store = memoryStore();
  const { made, forget } = backend(() => Promise.resolve(grant));
  const account = accountOf(() => Promise.resolve(made), { store });
  await account.restore();
  store.remove("aizuchi.profile");
  dispatchEvent(new StorageEvent("storage", { key: "aizuchi.profile" }));
  await vi.waitFor(() => {
    expect(account.state.getSnapshot()).toEqual({ status: "signedOut", ended: true });
  });
  expect(forget).toHaveBeenCalledOnce();
});

test("signing out tells the server, stops and forgets", async () => {
  const { made, auth, stop, forget } = backend(() => Promise.resolve(grant));
  const account = accountOf(() => Promise.resolve(made));
  await account.restore();
  await account.signOut();
  expect(auth.signOut).toHaveBeenCalledOnce();
  expect(stop).toHaveBeenCalledOnce();
  expect(forget).toHaveBeenCalledOnce();
  expect(account.state.getSnapshot()).toEqual({ status: "signedOut", ended: false });
});

test("a password is changed in the session's name", async () => {
  const { made, auth } = backend(() => Promise.resolve(grant));
  const account = accountOf(() => Promise.resolve(made));
  await account.restore();
  await account.changePassword("open sesame", "closed sesame");
  expect(auth.changePassword).toHaveBeenCalledWith("token", "open sesame", "closed sesame");
});
