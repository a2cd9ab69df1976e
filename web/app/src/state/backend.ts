import {
  AizuchiError,
  type AuthApi,
  type Client,
  createAuth,
  createClient,
  type RuntimeConfig,
  type Session,
} from "@aizuchi/sdk";
import { createIssuer, type Issuer } from "./issuer.ts";

/** How long the server may take to say where things are, in milliseconds. */
const CONFIG_TIMEOUT = 20_000;

/** The server that the application belongs to, and who signs people in for it. */
export type Backend = { readonly createClient: (session: Session) => Client } & (
  | { readonly auth: AuthApi; readonly issuer?: undefined }
  | { readonly auth?: undefined; readonly issuer: Issuer }
);

/** Asks the server that served the page where everything is. Rejects with `unavailable`. */
export async function connect(): Promise<Backend> {
  const config = await loadConfig();
  const { httpUrl, auth } = config;
  const make = (session: Session): Client => createClient({ config, session });
  return auth.kind === "oidc"
    ? { issuer: createIssuer(httpUrl, auth), createClient: make }
    : { auth: createAuth({ httpUrl }), createClient: make };
}

async function loadConfig(): Promise<RuntimeConfig> {
  try {
    const signal = AbortSignal.timeout(CONFIG_TIMEOUT);
    const response = await fetch("/config.json", { cache: "no-cache", signal });
    if (response.ok) return absolute((await response.json()) as RuntimeConfig);
  } catch {
    // As good as an answer that is none.
  }
  throw new AizuchiError({ code: "unavailable", error: "The server cannot be reached." });
}

/** A server that goes by several names gives addresses relative to the page's. */
function absolute(config: RuntimeConfig): RuntimeConfig {
  const socket = new URL(config.socketUrl, location.href);
  socket.protocol = socket.protocol.replace("http", "ws");
  const http = new URL(config.httpUrl, location.href);
  return { ...config, socketUrl: socket.href, httpUrl: http.href };
}
