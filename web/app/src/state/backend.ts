import {
  AizuchiError,
  type AuthApi,
  type Client,
  createAuth,
  createClient,
  type RuntimeConfig,
  type Session,
  type TokenSource,
} from "@aizuchi/sdk";
import { parseConfig } from "./config.ts";
import { createIssuer, type Issuer } from "./issuer.ts";

/** How long the server may take to say where things are, in milliseconds. */
const CONFIG_TIMEOUT = 20_000;

/** The server that the application belongs to, and who signs people in for it. */
export interface Backend {
  /** Where things are, as the server said. */
  readonly config: RuntimeConfig;
  readonly createClient: (session: Session) => Client;
  readonly source: TokenSource;
  /** Names and passwords, where forms of the application take them. */
  readonly auth?: AuthApi;
  /** Where another issuer signs people in. */
  readonly issuer?: Issuer;
}

/**
 * Asks the server that served the page where everything is. Rejects with `unavailable`. `wanted` says
 * whether connections are kept out of sight too.
 */
export async function connect(wanted: () => boolean): Promise<Backend> {
  return backendOf(await loadConfig(), wanted);
}

/** The server of which `config` is known. */
export function backendOf(config: RuntimeConfig, wanted: () => boolean): Backend {
  const { httpUrl, auth: by } = config;
  const auth = createAuth({ httpUrl });
  const make = (session: Session): Client => createClient({ config, session, wanted });
  if (by.kind === "builtin") return { config, createClient: make, source: auth, auth };
  const issuer = createIssuer(httpUrl, by);
  return {
    config,
    createClient: make,
    source: issuer,
    issuer,
    ...(by.passwords === true && { auth }),
  };
}

async function loadConfig(): Promise<RuntimeConfig> {
  try {
    const signal = AbortSignal.timeout(CONFIG_TIMEOUT);
    const response = await fetch("/config.json", { cache: "no-cache", signal });
    const config = response.ok ? parseConfig(await response.json(), location.href) : undefined;
    if (config) return config;
  } catch {
    // As good as an answer that is none.
  }
  throw new AizuchiError({ code: "unavailable", error: "The server cannot be reached." });
}
