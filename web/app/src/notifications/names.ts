/** What the page and the service worker tell each other about notifications. */
import type { Locale } from "./words.ts";

/** A cache of the person's, which goes with him: what the worker is told lies in it. */
export const TOLD = "notifications";
/** Where it lies there. */
export const TOLD_PATH = "/notifications.json";

/** What a worker is told, which is not there when the person chooses. */
export interface Told {
  readonly locale: Locale;
}

/** The message by which the worker asks a page to open a conversation. */
export interface Open {
  readonly type: "open";
  readonly conversationId: string;
}

export function isOpen(data: unknown): data is Open {
  if (typeof data !== "object" || data === null) return false;
  const { type, conversationId } = data as Record<string, unknown>;
  return type === "open" && typeof conversationId === "string";
}
