import {
  AizuchiError,
  type AuthApi,
  type Client,
  createSession,
  type Failure,
  type Grant,
  type Observable,
  type Person,
  type RuntimeConfig,
  type Session,
} from "@aizuchi/sdk";
import type { Backend } from "./backend.ts";
import { cell } from "./cell.ts";
import { createOwn, type Own } from "./own.ts";
import type { DeviceMemory } from "./device.ts";

/** Who is signed in on this page. */
export type AccountState =
  /** The refresh cookie is being tried: neither page nor sign-in form is right to show yet. */
  | { readonly status: "starting" }
  /** Whether a session could be restored is unknown, since the server did not answer. */
  | { readonly status: "unreachable" }
  /** `ended`: there was a session, and it is over. `problem`: why the issuer's visitor is not in. */
  | { readonly status: "signedOut"; readonly ended: boolean; readonly problem?: Failure }
  | { readonly status: "signedIn"; readonly client: Client };

/** Signing in and out. What can fail rejects with an `AizuchiError`. */
export interface Account {
  readonly state: Observable<AccountState>;
  /** Whether another issuer signs people in. Known once somebody is signed in, or out. */
  readonly byIssuer: () => boolean;
  /** Whether forms of the application take names and passwords. Known as `byIssuer` is. */
  readonly byForm: () => boolean;
  /** Leaves the page for the issuer's. */
  readonly goToIssuer: () => Promise<void>;
  /**
   * Takes up the session that the issuer sent the person back with, or else that of the refresh
   * cookie, if there is one. Never rejects.
   */
  readonly restore: () => Promise<void>;
  readonly signIn: (name: string, password: string) => Promise<void>;
  readonly signUp: (name: string, password: string) => Promise<void>;
  /** Ends the session and deletes what this device keeps of it. Never rejects. */
  readonly signOut: () => Promise<void>;
  readonly changePassword: (current: string, next: string) => Promise<void>;
  /** What is one's own, of whoever is signed in. */
  readonly own: () => Own;
  /** Deletes the account, and what this device keeps of it. */
  readonly leave: (password: string | undefined) => Promise<void>;
}

export interface AccountOptions {
  /** Finds the server; tried again on each `restore` until it has succeeded once. */
  readonly connect: () => Promise<Backend>;
  /** Takes a server as it was found on an earlier visit. */
  readonly backendOf: (config: RuntimeConfig) => Backend;
  readonly device: DeviceMemory;
}

export function createAccount({ connect, backendOf, device }: AccountOptions): Account {
  const state = cell<AccountState>({ status: "starting" });
  let backend: Backend | undefined;
  let session: Session | undefined;

  device.onForgotten(() => {
    session?.end();
  });

  /** Without a token the page opens with what the device keeps, and gets one with the network. */
  async function begin(at: Backend, grant: Grant | { readonly user: Person }): Promise<void> {
    const begun = createSession({ source: at.source, grant });
    const client = at.createClient(begun);
    session = begun;
    begun.ended.subscribe(() => {
      if (session === begun) void leave(client, true);
    });
    device.remember({ user: grant.user, config: at.config });
    client.start();
    await client.restored;
    if (session === begun) state.set({ status: "signedIn", client });
  }

  /** Ends what this page shows, and deletes what the device keeps of it. */
  async function leave(client: Client, ended: boolean): Promise<void> {
    session = undefined;
    client.stop();
    state.set({ status: "signedOut", ended });
    const forgotten = device.forget();
    await client.forget();
    await forgotten;
  }

  /** The server may have moved since the last visit. */
  async function lookAgain(known: Backend, user: Person): Promise<void> {
    const found = await connect().catch(() => undefined);
    const now = state.getSnapshot();
    if (!found || backend !== known || now.status !== "signedIn") return;
    if (JSON.stringify(found.config) === JSON.stringify(known.config)) return;
    backend = found;
    now.client.stop();
    await begin(found, { user });
  }

  /** Ends the session of a sign-out that did not reach the server then. */
  async function settle(): Promise<void> {
    if (!device.owesSignOut()) return;
    await endSession().catch((error: unknown) => {
      if (error instanceof AizuchiError && error.code !== "unavailable") return;
      throw error;
    });
    device.oweSignOut(false);
  }

  async function endSession(): Promise<void> {
    if (!backend?.issuer) await backend?.auth?.signOut();
    // The token says which session's sockets to close, in other tabs too.
    else await backend.issuer.signOut(await session?.token().catch(() => undefined));
  }

  async function enter(call: (auth: AuthApi) => Promise<Grant>): Promise<void> {
    backend ??= await connect();
    const grant = await call(passwords(backend));
    backend.issuer?.passedBy();
    await begin(backend, grant);
  }

  function own(): Own {
    if (!backend || !session) throw nobody();
    const { token } = session;
    return createOwn(backend.config.httpUrl, () => token());
  }

  return {
    state: { subscribe: state.subscribe, getSnapshot: state.getSnapshot },
    byIssuer: () => backend?.issuer !== undefined,
    byForm: () => backend?.auth !== undefined,
    goToIssuer: async () => {
      backend ??= await connect();
      await backend.issuer?.leave();
    },
    restore: async () => {
      state.set({ status: "starting" });
      let problem: AizuchiError | undefined;
      const known = device.recall();
      try {
        backend ??= known ? backendOf(known.config) : await connect();
        if (!known) await settle();
        const grant = await backend.issuer?.comeBack()?.catch((error: unknown) => {
          // The cookie of an earlier session may be good all the same.
          if (error instanceof AizuchiError) problem = error;
        });
        if (known && !grant) {
          await begin(backend, known);
          void lookAgain(backend, known.user);
        } else {
          await begin(backend, grant ?? (await backend.source.refresh()));
        }
      } catch (error) {
        const refused = error instanceof AizuchiError && error.code === "unauthorized";
        if (refused) void device.forget();
        state.set(
          refused
            ? { status: "signedOut", ended: false, ...(problem && { problem }) }
            : { status: "unreachable" },
        );
      }
    },
    signIn: (name, password) => enter((auth) => auth.signIn(name, password)),
    signUp: (name, password) => enter((auth) => auth.signUp(name, password)),
    signOut: async () => {
      const now = state.getSnapshot();
      if (now.status !== "signedIn") return;
      // Without an answer the cookie outlives this, but the page must close all the same.
      await endSession().catch(() => {
        device.oweSignOut(true);
      });
      await leave(now.client, false);
    },
    changePassword: async (current, next) => {
      if (!backend || !session) throw nobody();
      await passwords(backend).changePassword(await session.token(), current, next);
    },
    own,
    leave: async (password) => {
      const now = state.getSnapshot();
      await own().leave(password);
      if (now.status === "signedIn") await leave(now.client, false);
    },
  };
}

function nobody(): AizuchiError {
  return new AizuchiError({ code: "unauthorized", error: "Nobody is signed in." });
}

function passwords({ auth }: Backend): AuthApi {
  if (auth) return auth;
  throw new AizuchiError({ code: "not_found", error: "Another issuer signs people in here." });
}
