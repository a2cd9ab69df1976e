import {
  type KeyValueStore,
  localStore,
  type Person,
  type RuntimeConfig,
  wipeOthers,
} from "@aizuchi/sdk";
import { isShell } from "../sw/names.ts";
import { parseConfig } from "./config.ts";

const PROFILE = "aizuchi.profile";
const OWED = "aizuchi.signOutOwed";

/** Whose device this is, and where his server is: enough to open the page without a network. */
export interface Profile {
  readonly user: Person;
  readonly config: RuntimeConfig;
}

/** What a device knows of the person who uses it, from one visit to the next. */
export interface DeviceMemory {
  readonly recall: () => Profile | undefined;
  /** Takes the place of whoever was known before, with all that was kept of him. */
  readonly remember: (profile: Profile) => void;
  /** Forgets the person, and deletes all that is kept of anybody. Never rejects. */
  readonly forget: () => Promise<void>;
  /** Whether a sign-out did not reach the server, so that its session still stands. */
  readonly owesSignOut: () => boolean;
  readonly oweSignOut: (owed: boolean) => void;
  /** Calls back when another tab forgot the person. */
  readonly onForgotten: (listener: () => void) => void;
}

export function createDeviceMemory(store: KeyValueStore = localStore()): DeviceMemory {
  const recall = (): Profile | undefined => parse(store.get(PROFILE));
  return {
    recall,
    remember: (profile) => {
      const text = JSON.stringify(profile);
      if (store.get(PROFILE) !== text) store.set(PROFILE, text);
      store.remove(OWED);
      void wipeOthers(profile.user.sub);
    },
    forget: async () => {
      store.remove(PROFILE);
      await Promise.all([wipeOthers(undefined), wipeCaches()]);
    },
    owesSignOut: () => store.get(OWED) !== undefined,
    oweSignOut: (owed) => {
      if (owed) store.set(OWED, "1");
      else store.remove(OWED);
    },
    onForgotten: (listener) => {
      addEventListener("storage", ({ key }) => {
        // Without a key it was all of it.
        if ((key === PROFILE || key === null) && !recall()) listener();
      });
    },
  };
}

async function wipeCaches(): Promise<void> {
  if (!("caches" in globalThis)) return;
  try {
    const names = (await caches.keys()).filter((name) => !isShell(name));
    await Promise.all(names.map((name) => caches.delete(name)));
  } catch {
    // Where caches are forbidden there are none.
  }
}

function parse(text: string | undefined): Profile | undefined {
  try {
    const { user, config: told } = JSON.parse(text ?? "null") as Partial<Profile>;
    const config = parseConfig(told, location.href);
    return config && typeof user?.sub === "string" && typeof user.username === "string"
      ? { user: { sub: user.sub, username: user.username }, config }
      : undefined;
  } catch {
    return undefined;
  }
}
