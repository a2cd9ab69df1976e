import { AizuchiError, type AuthApi, type Failure, type Grant } from "@aizuchi/sdk";
import { describe, expect, test, vi } from "vitest";
import { fakeClient } from "../preview/fakeClient.ts";
import { createAccount } from "../src/state/account.ts";
import type { Backend } from "../src/state/backend.ts";
import { haru, lone } from "./render.tsx";

const grant: Grant = { token: "token", expiresIn: 600, user: haru };

function backend(refresh: () => Promise<Grant>) {
  const refuse = (): Promise<never> => Promise.reject(failure("unavailable"));
  const client = fakeClient(lone);
  const start = vi.fn();
  const stop = vi.fn();
  const forget = vi.fn();
  const auth: AuthApi = {
    refresh,
    signIn: () => Promise.resolve(grant),
    signUp: () => Promise.resolve(grant),
    signOut: vi.fn(() => Promise.resolve()),
    changePassword: vi.fn(() => Promise.resolve()),
    me: refuse,
  };
  const made: Backend & { auth: AuthApi } = {
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
    const account = createAccount(() => Promise.resolve(made));
    expect(account.state.getSnapshot().status).toBe("starting");
    await account.restore();
    expect(account.state.getSnapshot().status).toBe("signedIn");
    expect(start).toHaveBeenCalledOnce();
  });

  test("without a session there is one to begin", async () => {
    const { made } = backend(() => Promise.reject(failure("unauthorized")));
    const account = createAccount(() => Promise.resolve(made));
    await account.restore();
    expect(account.state.getSnapshot()).toEqual({ status: "signedOut", ended: false });
    await account.signIn("haru", "open sesame");
    expect(account.state.getSnapshot().status).toBe("signedIn");
  });

  test("a server that cannot be reached leaves it open, and is tried again", async () => {
    const { made } = backend(() => Promise.resolve(grant));
    const connect = vi.fn().mockRejectedValueOnce(failure("unavailable")).mockResolvedValue(made);
    const account = createAccount(connect as () => Promise<Backend>);
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
    const account = createAccount(() =>
      Promise.resolve({ createClient, source: issuer, issuer, ...(forms && { auth }) }),
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

test("signing out tells the server, stops and forgets", async () => {
  const { made, auth, stop, forget } = backend(() => Promise.resolve(grant));
  const account = createAccount(() => Promise.resolve(made));
  await account.restore();
  await account.signOut();
  expect(auth.signOut).toHaveBeenCalledOnce();
  expect(stop).toHaveBeenCalledOnce();
  expect(forget).toHaveBeenCalledOnce();
  expect(account.state.getSnapshot()).toEqual({ status: "signedOut", ended: false });
});

test("a password is changed in the session's name", async () => {
  const { made, auth } = backend(() => Promise.resolve(grant));
  const account = createAccount(() => Promise.resolve(made));
  await account.restore();
  await account.changePassword("open sesame", "closed sesame");
  expect(auth.changePassword).toHaveBeenCalledWith("token", "open sesame", "closed sesame");
});
