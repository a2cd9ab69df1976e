import type { Grant, KeyValueStore, OidcAuth } from "./api.ts";
import { grant } from "./auth.ts";
import { AizuchiError } from "./errors.ts";
import { createHttp } from "./http.ts";
import { tabStore } from "./storage.ts";

/** Where a tab keeps the one sign-in that is under way in it. */
const PENDING = "aizuchi.signIn";

interface Pending {
  /** Comes back from the issuer: proves that this tab asked. */
  readonly state: string;
  /** Goes to the server only: proves to the issuer who asked (PKCE). */
  readonly verifier: string;
  readonly returnTo: string;
}

export interface OidcOptions {
  readonly httpUrl: string;
  /** `authorizeUrl` of the server's configuration. */
  readonly authorizeUrl: string;
  /** `/signed-in` of the page's own origin, as the issuer knows it. */
  readonly redirectUri: string;
  /** `sessionStorage` unless told. */
  readonly store?: KeyValueStore;
  readonly fetch?: typeof fetch;
}

/** Another issuer, whose codes the server at `httpUrl` exchanges: no refresh token reaches the page. */
export function createOidcAuth(options: OidcOptions): OidcAuth {
  const { redirectUri, store = tabStore() } = options;
  const http = createHttp(options.httpUrl, options.fetch);

  function take(): Pending | undefined {
    const text = store.get(PENDING);
    store.remove(PENDING);
    return text === undefined ? undefined : (JSON.parse(text) as Pending);
  }

  async function exchange(answer: URLSearchParams, { state, verifier }: Pending): Promise<Grant> {
    if (answer.get("state") !== state) {
      throw new AizuchiError({ code: "invalid_request", error: "Another tab began this sign-in." });
    }
    const error = answer.get("error");
    if (error !== null) {
      const passing = error === "server_error" || error === "temporarily_unavailable";
      throw new AizuchiError({
        code: passing ? "unavailable" : "forbidden",
        error: "The issuer signed nobody in.",
      });
    }
    const body = { code: answer.get("code"), verifier, redirectUri };
    return grant(await http({ method: "POST", path: "/api/auth/code", body }));
  }

  return {
    begin: async (returnTo) => {
      const pending: Pending = { state: random(), verifier: random(), returnTo };
      const url = new URL(options.authorizeUrl);
      url.searchParams.set("redirect_uri", redirectUri);
      url.searchParams.set("state", pending.state);
      url.searchParams.set("code_challenge", await challenge(pending.verifier));
      url.searchParams.set("code_challenge_method", "S256");
      store.set(PENDING, JSON.stringify(pending));
      return url.href;
    },
    finish: (query) => {
      const answer = new URLSearchParams(query);
      if (!answer.has("code") && !answer.has("error")) return undefined;
      const pending = take();
      return pending && { returnTo: pending.returnTo, grant: exchange(answer, pending) };
    },
    refresh: async () => grant(await http({ method: "POST", path: "/api/auth/refresh" })),
    signOut: async (token) => {
      const call = { method: "POST", path: "/api/auth/signout" } as const;
      const answer = await http(token === undefined ? call : { ...call, token });
      const { endSession } = (answer ?? {}) as { endSession?: unknown };
      return typeof endSession === "string" ? endSession : undefined;
    },
  };
}

/** 256 random bits. */
function random(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

async function challenge(verifier: string): Promise<string> {
  const { subtle } = crypto as { subtle?: SubtleCrypto };
  if (!subtle) {
    // Browsers hash for pages of https and of this machine only.
    throw new AizuchiError({ code: "unavailable", error: "Signing in here needs https." });
  }
  return base64url(
    new Uint8Array(await subtle.digest("SHA-256", new TextEncoder().encode(verifier))),
  );
}

function base64url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
