import type { RuntimeConfig } from "@aizuchi/sdk";

/**
 * Takes what `/config.json` says, with addresses that stand by themselves: a server that goes by
 * several names gives them relative to the page's, which is at `base`. Undefined for anything else,
 * such as the page that a web host sends in place of a missing file.
 */
export function parseConfig(told: unknown, base: string): RuntimeConfig | undefined {
  const { socketUrl, httpUrl, auth, ...rest } = (told ?? {}) as Partial<RuntimeConfig>;
  if (typeof socketUrl !== "string" || typeof httpUrl !== "string" || !knows(auth))
    return undefined;
  const [socket, http] = [address(socketUrl, base), address(httpUrl, base)];
  if (!socket || !http) return undefined;
  socket.protocol = socket.protocol.replace("http", "ws");
  return {
    tokenIn: "subprotocol",
    idleReleaseSeconds: 0,
    ...rest,
    auth,
    socketUrl: socket.href,
    httpUrl: http.href,
  };
}

function address(told: string, base: string): URL | undefined {
  try {
    return new URL(told, base);
  } catch {
    return undefined;
  }
}

function knows(auth: Partial<RuntimeConfig["auth"]> | undefined): auth is RuntimeConfig["auth"] {
  if (auth?.kind === "builtin") return true;
  return auth?.kind === "oidc" && typeof auth.authorizeUrl === "string";
}
