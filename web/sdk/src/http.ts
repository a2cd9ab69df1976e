import { AizuchiError } from "./errors.ts";
import type { ErrorCode } from "./generated/wire.ts";
import { HTTP_TIMEOUT } from "./limits.ts";

export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly token?: string;
  /** Ends the call, in the place of its limit of time. */
  readonly signal?: AbortSignal;
}

/**
 * Makes HTTP calls of the server. They resolve with the JSON answer, or undefined for an empty one.
 * Whatever else comes from in between (a proxy's page, say) is `unavailable`.
 */
export type Http = (call: Call) => Promise<unknown>;

export function createHttp(
  httpUrl: string,
  send: typeof fetch = (input, init) => fetch(input, init),
): Http {
  // It may have a path of its own, as API Gateway's addresses have.
  const base = httpUrl.replace(/\/+$/, "");
  return async ({ method, path, body, token, signal }) => {
    const headers: Record<string, string> = {};
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (token !== undefined) headers.Authorization = `Bearer ${token}`;
    let response: Response;
    let text: string;
    try {
      response = await send(new URL(base + path), {
        method,
        headers,
        // The refresh cookie goes to the server's own page only.
        credentials: "same-origin",
        cache: "no-store",
        signal: signal ?? AbortSignal.timeout(HTTP_TIMEOUT),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      text = await response.text();
    } catch {
      throw new AizuchiError({ code: "unavailable", error: "The server cannot be reached." });
    }
    if (response.ok && text === "") return undefined;
    const answer = parse(text);
    if (!response.ok || answer === undefined) throw failure(response, answer);
    return answer;
  };
}

/** Undefined where it is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function failure(response: Response, answer: unknown): AizuchiError {
  const { code, error, retryAfterMs } = (answer ?? {}) as Record<string, unknown>;
  return new AizuchiError({
    // A proxy in between answers without a code. Only the server itself may end a session.
    code: typeof code === "string" ? (code as ErrorCode) : "unavailable",
    error:
      typeof error === "string"
        ? error
        : `The answer (${response.status}) is none of the server's.`,
    ...(typeof retryAfterMs === "number" ? { retryAfterMs } : {}),
  });
}
