import type { KeyValueStore } from "@aizuchi/sdk";

const KEY = "aizuchi.emoji";
const TONE_KEY = "aizuchi.tone";
/** How many are remembered: a row of them. */
const MANY = 8;
/** Longer is no emoji. */
const LONGEST = 40;

/** The emoji that were used last on this device, the last one first. */
export function recentEmoji(storage: KeyValueStore): string[] {
  try {
    const kept: unknown = JSON.parse(storage.get(KEY) ?? "[]");
    if (!Array.isArray(kept)) return [];
    const known = kept.filter((one) => typeof one === "string" && one.length <= LONGEST);
    return [...new Set(known as string[])].slice(0, MANY);
  } catch {
    return [];
  }
}

/** Remembers that an emoji was used. */
export function noteEmoji(storage: KeyValueStore, emoji: string): void {
  const others = recentEmoji(storage).filter((one) => one !== emoji);
  storage.set(KEY, JSON.stringify([emoji, ...others].slice(0, MANY)));
}

/** The skin tone that was chosen last. */
export function keptTone(storage: KeyValueStore): string {
  return storage.get(TONE_KEY) ?? "none";
}

export function keepTone(storage: KeyValueStore, tone: string): void {
  storage.set(TONE_KEY, tone);
}
