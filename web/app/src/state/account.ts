import {
  AizuchiError,
  type Client,
  createSession,
  type Grant,
  type Observable,
  type Session,
} from "@aizuchi/sdk";
import type { Backend } from "./backend.ts";
import { cell } from "./cell.ts";

/** Who is signed in on this page. */
export type AccountState =
  /** The refresh cookie is being tried: neither page nor sign-in form is right to show yet. */
  | { readonly status: "starting" }
  /** Whether a session could be restored is unknown, since the server did not answer. */
  | { readonly status: "unreachable" }
  /** `ended`: there was a session, and it is over. */
  | { readonly status: "signedOut"; readonly ended: boolean }
  | { readonly status: "signedIn"; readonly client: Client };

/** Signing in and out. What can fail rejects with an `AizuchiError`. */
export interface Account {
  readonly state: Observable<AccountState>;
  /** Takes up the session of the refresh cookie, if there is one. Never rejects. */
  readonly restore: () => Promise<void>;
  readonly signIn: (name: string, password: string) => Promise<void>;
  readonly signUp: (name: string, password: string) => Promise<void>;
  /** Ends the session and deletes what this device keeps of it. Never rejects. */
  readonly signOut: () => Promise<void>;
  readonly changePassword: (current: string, next: string) => Promise<void>;
}

/** `connect` finds the server; it is tried again on each `restore` until it has succeeded once. */
export function createAccount(connect: () => Promise<Backend>): Account {
  const state = cell<AccountState>({ status: "starting" });
  let backend: Backend | undefined;
  let session: Session | undefined;

  function begin({ auth, createClient }: Backend, grant: Grant): void {
    const begun = createSession({ source: auth, grant });
    const client = createClient(begun);
    session = begun;
    begun.ended.subscribe(() => {
      if (session === begun) leave(client, true);
    });
    client.start();
    state.set({ status: "signedIn", client });
  }

  function leave(client: Client, ended: boolean): void {
    session = undefined;
    client.stop();
    state.set({ status: "signedOut", ended });
  }

  return {
    state: { subscribe: state.subscribe, getSnapshot: state.getSnapshot },
    restore: async () => {
      state.set({ status: "starting" });
      try {
        backend ??= await connect();
        begin(backend, await backend.auth.refresh());
      } catch (error) {
        const refused = error instanceof AizuchiError && error.code === "unauthorized";
        state.set(refused ? { status: "signedOut", ended: false } : { status: "unreachable" });
      }
    },
    signIn: async (name, password) => {
      backend ??= await connect();
      begin(backend, await backend.auth.signIn(name, password));
    },
    signUp: async (name, password) => {
      backend ??= await connect();
      begin(backend, await backend.auth.signUp(name, password));
    },
    signOut: async () => {
      const now = state.getSnapshot();
      if (now.status !== "signedIn") return;
      // Without an answer the cookie outlives this, but the page must close all the same.
      await backend?.auth.signOut().catch(() => undefined);
      leave(now.client, false);
      now.client.forget();
    },
    changePassword: async (current, next) => {
      if (!backend || !session) {
        throw new AizuchiError({ code: "unauthorized", error: "Nobody is signed in." });
      }
      await backend.auth.changePassword(await session.token(), current, next);
    },
  };
}
