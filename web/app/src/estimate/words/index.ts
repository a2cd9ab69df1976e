import { useMemo } from "react";
import { type Locale, useI18n } from "../../i18n/index.tsx";
import type { Option } from "../answer.ts";
import { isOwn } from "../answer.ts";
import { type Numbers, numbersOf } from "../numbers.ts";
import { en, type Words } from "./en.ts";
import { ja } from "./ja.ts";

export type { Words } from "./en.ts";

/** The page's own sentences: they come with the page, not with the application. */
export const words: Record<Locale, Words> = { en, ja };

/** The words and numbers of the place in the tree. */
export function useWords(): { w: Words; n: Numbers } {
  const { locale } = useI18n();
  return useMemo(() => ({ w: words[locale], n: numbersOf(locale) }), [locale]);
}

/** What a way is called. */
export function wayName(option: Pick<Option, "id" | "name" | "machine">, w: Words): string {
  if (option.machine) return w.oneBoxOn(option.machine);
  return isOwn(option.id) ? w.ways[option.id] : (option.name ?? option.id);
}
