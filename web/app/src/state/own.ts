import { AizuchiError, type Failure } from "@aizuchi/sdk";

/** How long an answer may take, in milliseconds. */
const TIMEOUT = 20_000;

/** A session of one's own. Times are ms since the epoch. */
export interface Device {
  readonly id: string;
  /** Browser and system, where they are known. */
  readonly device?: string;
  /** The network, where it is known. */
  readonly place?: string;
  readonly lastUsedAt: number;
  /** Whether it is this page's. */
  readonly current: boolean;
}

/** What a person does with what is his own. What fails rejects with an `AizuchiError`. */
export interface Own {
  readonly devices: () => Promise<readonly Device[]>;
  /** Signs out a device. */
  readonly end: (id: string) => Promise<void>;
  /** Signs out all devices but this one. */
  readonly endOthers: () => Promise<void>;
  /** Lines of JSON with all that is one's own: those from `after` on, or the first ones. */
  readonly exportPart: (after: string | undefined) => Promise<string>;
  /** Deletes the account. Without a password only just after signing in at another issuer. */
  readonly leave: (password: string | undefined) => Promise<void>;
}

/** `token` gives an access token that is good. */
export function createOwn(httpUrl: string, token: () => Promise<string>): Own {
  const base = httpUrl.replace(/\/+$/, "");
  const say = async (
    method: "GET" | "DELETE",
    path: string,
    body?: unknown,
  ): Promise<{ ok: boolean; text: string }> => {
    const headers: Record<string, string> = { Authorization: `Bearer ${await token()}` };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    try {
      const response = await fetch(new URL(`${base}${path}`, location.href), {
        method,
        headers,
        cache: "no-store",
        signal: AbortSignal.timeout(TIMEOUT),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { ok: response.ok, text: await response.text() };
    } catch {
      throw new AizuchiError({ code: "unavailable", error: "The server cannot be reached." });
    }
  };
  const call = async (method: "GET" | "DELETE", path: string, body?: unknown): Promise<unknown> => {
    const { ok, text } = await say(method, path, body);
    const answer = text === "" ? undefined : parse(text);
    if (!ok) throw new AizuchiError(failure(answer));
    return answer;
  };
  return {
    devices: async () => {
      const { sessions } = ((await call("GET", "/api/sessions")) ?? {}) as { sessions?: unknown };
      return Array.isArray(sessions) ? sessions.filter(isDevice) : [];
    },
    end: async (id) => {
      await call("DELETE", `/api/sessions/${encodeURIComponent(id)}`);
    },
    endOthers: async () => {
      await call("DELETE", "/api/sessions");
    },
    exportPart: async (after) => {
      const query = after === undefined ? "" : `?after=${encodeURIComponent(after)}`;
      const { ok, text } = await say("GET", `/api/me/export${query}`);
      if (!ok) throw new AizuchiError(failure(parse(text)));
      return text;
    },
    leave: async (password) => {
      await call("DELETE", "/api/me", password === undefined ? {} : { password });
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AizuchiError({ code: "unavailable", error: "The answer is none of the server's." });
  }
}

function failure(answer: unknown): Failure {
  const { code, error, retryAfterMs } = (answer ?? {}) as Partial<Failure>;
  return {
    code: code ?? "unavailable",
    error: error ?? "The answer is none of the server's.",
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

function isDevice(one: unknown): one is Device {
  const { id, device, place, lastUsedAt, current } = (one ?? {}) as Record<string, unknown>;
  const text = (value: unknown) => value === undefined || typeof value === "string";
  return (
    typeof id === "string" &&
    text(device) &&
    text(place) &&
    typeof lastUsedAt === "number" &&
    typeof current === "boolean"
  );
}
