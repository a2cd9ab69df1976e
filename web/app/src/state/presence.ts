import type { Observable, Presence } from "@aizuchi/sdk";
import type { I18n } from "../i18n/index.tsx";

const AWAY: Presence = { online: false };

/** The presence of one who is not known yet. */
export const nobody: Observable<Presence> = {
  subscribe: () => () => undefined,
  getSnapshot: () => AWAY,
};

/** How fresh a last seen is still just now, in milliseconds. */
const JUST_NOW = 60_000;

/** Presence in words. */
export function presenceText({ online, lastSeen }: Presence, now: number, i18n: I18n): string {
  const { t, dates } = i18n;
  if (online) return t.people.online;
  if (lastSeen === undefined) return t.people.offline;
  if (now - lastSeen < JUST_NOW) return t.people.justNow;
  return t.people.lastSeen(dates.ago(lastSeen, now));
}
