import type { Dictionary } from "../i18n/en.ts";
import { unreadText } from "../list/unread.ts";

/** The document's title: how much is unread, who is open, what this is. */
export function titleOf(unread: number, partner: string | undefined, t: Dictionary): string {
  const title =
    partner === undefined ? t.common.productName : `${partner} · ${t.common.productName}`;
  return unread > 0 ? t.notifications.titleCount(unreadText(unread, t), title) : title;
}
