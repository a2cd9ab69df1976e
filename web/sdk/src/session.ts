import type { Grant, Locks, Person, Session, TokenSource } from "./api.ts";
import { AizuchiError } from "./errors.ts";
import { TOKEN_MARGIN } from "./limits.ts";
import { value } from "./observable.ts";

export interface SessionOptions {
  readonly source: TokenSource;
  /** What a sign-in, or the first refresh of a page, gave; or who it was on an earlier visit. */
  readonly grant: Grant | { readonly user: Person };
  readonly now?: () => number;
  /** `navigator.locks` unless told. */
  readonly locks?: Locks;
}

/** Holds a signed-in person's access token, in memory only, and renews it when it is asked for. */
export function createSession(options: SessionOptions): Session {
  const { source, now = Date.now } = options;
  const locks = options.locks ?? (globalThis.navigator as Partial<Navigator> | undefined)?.locks;
  const user = options.grant.user;
  const ended = value(false);
  // Whoever is known without a token gets one when it is asked for.
  let held = "token" in options.grant ? keep(options.grant) : { token: "", goodUntil: -Infinity };
  let renewal: Promise<string> | undefined;

  function keep({ token, expiresIn }: Grant): { token: string; goodUntil: number } {
    const life = expiresIn * 1000;
    // A token that lives but shortly is used for half of its life.
    return { token, goodUntil: now() + Math.max(life - TOKEN_MARGIN, life / 2) };
  }

  function over(): AizuchiError {
    return new AizuchiError({ code: "unauthorized", error: "The session is over." });
  }

  async function renew(): Promise<string> {
    try {
      // Tabs share the refresh cookie, and each renewal changes it: one at a time.
      const grant = await (locks
        ? locks.request("aizuchi.refresh", {}, source.refresh)
        : source.refresh());
      if (ended.getSnapshot()) throw over();
      // Another tab signed in as somebody else: this page must not speak for him.
      if (grant.user.sub !== user.sub) throw over();
      held = keep(grant);
      return held.token;
    } catch (error) {
      if (error instanceof AizuchiError && error.code === "unauthorized") ended.set(true);
      throw error;
    }
  }

  return {
    user,
    ended: { subscribe: ended.subscribe, getSnapshot: ended.getSnapshot },
    end: () => {
      ended.set(true);
    },
    token: async ({ fresh = false } = {}) => {
      if (ended.getSnapshot()) throw over();
      if (!fresh && now() < held.goodUntil) return held.token;
      renewal ??= renew().finally(() => {
        renewal = undefined;
      });
      return renewal;
    },
  };
}
