import type { Dictionary } from "../i18n/en.ts";

/** Unread counts are exact below this; from here on the number says no more. */
const MANY = 100;

/** An unread count as short as a badge wants it. */
export function unreadText(count: number, t: Dictionary): string {
  return count < MANY ? String(count) : t.list.many;
}
