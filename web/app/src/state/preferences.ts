import type { KeyValueStore, Observable } from "@aizuchi/sdk";
import { browserLocale, type Locale } from "../i18n/index.tsx";
import { cell } from "./cell.ts";

/** What a person has chosen about this device. Absent means: as the system has it. */
export interface Preferences {
  readonly theme?: "light" | "dark";
  readonly locale?: Locale;
  /** Whether to show notifications; turning it on asks for the browser's permission. */
  readonly notify?: boolean;
  /** Whether notifications show the texts of messages; they do unless told. */
  readonly preview?: boolean;
}

/** The preferences, kept on the device. */
export interface PreferenceStore extends Observable<Preferences> {
  /** Changes some of them; `undefined` gives a choice back to the system. */
  readonly set: (change: { [K in keyof Preferences]?: Preferences[K] | undefined }) => void;
  /** Takes over what another tab has written. */
  readonly reread: () => void;
}

// public/theme.js reads the same key before the first paint.
const KEY = "aizuchi.preferences";

export function createPreferences(storage: KeyValueStore): PreferenceStore {
  const held = cell(parse(storage.get(KEY)));
  return {
    subscribe: held.subscribe,
    getSnapshot: held.getSnapshot,
    set: (change) => {
      const text = JSON.stringify({ ...held.getSnapshot(), ...change });
      storage.set(KEY, text);
      held.set(parse(text));
    },
    reread: () => {
      held.set(parse(storage.get(KEY)));
    },
  };
}

/** Takes what is known from stored text; anything else in it is dropped. */
function parse(text: string | undefined): Preferences {
  let raw: unknown;
  try {
    raw = JSON.parse(text ?? "null");
  } catch {
    return {};
  }
  if (typeof raw !== "object" || raw === null) return {};
  const { theme, locale, notify, preview } = raw as Record<string, unknown>;
  return {
    ...((theme === "light" || theme === "dark") && { theme }),
    ...((locale === "en" || locale === "ja") && { locale }),
    ...(typeof notify === "boolean" && { notify }),
    ...(typeof preview === "boolean" && { preview }),
  };
}

/** The language to speak: the chosen one, else the browser's. */
export function localeOf(preferences: Preferences): Locale {
  return preferences.locale ?? browserLocale(navigator.languages);
}
