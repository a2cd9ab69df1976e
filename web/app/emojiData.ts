import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Plugin } from "vite";

/** What a locale's file of emojibase says of an emoji, as far as it is used. */
interface Told {
  readonly label: string;
  readonly hexcode: string;
  readonly emoji: string;
  readonly version: number;
  readonly order?: number;
  readonly group?: number;
  readonly tags?: readonly string[];
  readonly skins?: readonly (Told & { readonly tone: number | readonly number[] })[];
}

const PREFIX = "virtual:emoji/";
const LOCALES = ["en", "ja"];
/** Newer ones are boxes on many a device still. */
const NEWEST = 15;
/** Skin and hair by themselves. */
const COMPONENTS = 2;
const FLAGS = 9;
const TONES = ["light", "medium-light", "medium", "medium-dark", "dark"];

const require = createRequire(import.meta.url);

/**
 * Offers `virtual:emoji/en` and `virtual:emoji/ja`: every emoji, labelled in that language, and to be
 * found by the words of either.
 */
export function emojiData(): Plugin {
  return {
    name: "emoji-data",
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : undefined),
    load: async (id) => {
      if (!id.startsWith(`\0${PREFIX}`)) return undefined;
      const locale = id.slice(PREFIX.length + 1);
      const [own = [], ...others] = await Promise.all(
        [locale, ...LOCALES.filter((one) => one !== locale)].map(read),
      );
      const emojis = JSON.stringify(own.flatMap((told) => gathered(told, others)));
      // A text is parsed faster than a program.
      return `export default JSON.parse(${JSON.stringify(emojis)});`;
    },
  };
}

async function read(locale: string): Promise<Told[]> {
  const text = await readFile(require.resolve(`emojibase-data/${locale}/data.json`), "utf8");
  return JSON.parse(text) as Told[];
}

function gathered(told: Told, others: readonly (readonly Told[])[]): object[] {
  const { label, hexcode, emoji, version, group } = told;
  if (group === undefined || group === COMPONENTS || version > NEWEST) return [];
  const same = others.flatMap((all) => all.filter((one) => one.hexcode === hexcode));
  const words = [...(told.tags ?? []), ...same.flatMap((one) => [one.label, ...(one.tags ?? [])])];
  const skins = told.skins?.flatMap((skin) => {
    const tone = typeof skin.tone === "number" ? TONES[skin.tone - 1] : undefined;
    return tone === undefined ? [] : [[tone, skin.emoji] as const];
  });
  const country = group === FLAGS && /^1F1E6|^1F1[EF]/.test(hexcode);
  return [
    {
      emoji,
      category: group,
      label,
      version,
      tags: [...new Set(words)],
      ...(country ? { countryFlag: true } : {}),
      ...(skins?.length === TONES.length ? { skins: Object.fromEntries(skins) } : {}),
    },
  ];
}
