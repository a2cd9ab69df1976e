import {
  AizuchiError,
  type AuthApi,
  type Client,
  createAuth,
  createClient,
  type RuntimeConfig,
  type Session,
} from "@aizuchi/sdk";

/** How long the server may take to say where things are, in milliseconds. */
const CONFIG_TIMEOUT = 20_000;

/** The server that the application belongs to. */
export interface Backend {
  readonly auth: AuthApi;
  readonly createClient: (session: Session) => Client;
}

/** Asks the server that served the page where everything is. Rejects with `unavailable`. */
export async function connect(): Promise<Backend> {
  const config = await loadConfig();
  return {
    auth: createAuth({ httpUrl: config.httpUrl }),
    createClient: (session) => createClient({ config, session }),
  };
}

async function loadConfig(): Promise<RuntimeConfig> {
  try {
    const signal = AbortSignal.timeout(CONFIG_TIMEOUT);
    const response = await fetch("/config.json", { cache: "no-cache", signal });
    if (response.ok) return (await response.json()) as RuntimeConfig;
  } catch {
    // As good as an answer that is none.
  }
  throw new AizuchiError({ code: "unavailable", error: "The server cannot be reached." });
}
