import { AizuchiError, type Failure } from "@aizuchi/sdk";
import type { Dictionary } from "../i18n/en.ts";

/**
 * What went wrong, in the reader's language. The closed code decides, since the
 * server's own sentence is in English.
 */
export function failureText({ code, retryAfterMs }: Failure, t: Dictionary): string {
  switch (code) {
    case "rate_limited":
      return retryAfterMs === undefined ? t.errors.rateLimited : waitText(retryAfterMs, t);
    case "unavailable":
      return navigator.onLine ? t.errors.unavailable : t.errors.network;
    case "too_large":
      return t.errors.tooLarge;
    case "forbidden":
      return t.errors.forbidden;
    case "not_found":
      return t.errors.notFound;
    case "invalid_request":
    case "unauthorized":
    case "conflict":
      return t.errors.unexpected;
  }
}

/** From here on a wait is told in minutes, in milliseconds. */
const LONG_WAIT = 100_000;

function waitText(ms: number, t: Dictionary): string {
  return ms < LONG_WAIT
    ? t.errors.rateLimitedFor(Math.max(1, Math.ceil(ms / 1000)))
    : t.errors.rateLimitedMinutes(Math.ceil(ms / 60_000));
}

/** The same for whatever was thrown. */
export function sentenceOf(error: unknown, t: Dictionary): string {
  return error instanceof AizuchiError ? failureText(error, t) : t.errors.unexpected;
}

/** Whether an error has this code. */
export function isCode(error: unknown, code: Failure["code"]): boolean {
  return error instanceof AizuchiError && error.code === code;
}
