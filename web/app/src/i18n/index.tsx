import { createContext, type ReactNode, use, useEffect, useMemo } from "react";
import { type Dates, datesOf } from "./dates.ts";
import { type Dictionary, en } from "./en.ts";
import { ja } from "./ja.ts";

/** The languages that the application speaks. */
export type Locale = "en" | "ja";

/** The dictionary of each language. */
export const dictionaries: Record<Locale, Dictionary> = { en, ja };

/** A language with everything that reads in it. */
export interface I18n {
  locale: Locale;
  t: Dictionary;
  dates: Dates;
}

/** The first of the browser's languages that the application speaks, English where there is none. */
export function browserLocale(languages: readonly string[]): Locale {
  for (const language of languages) {
    const primary = language.toLowerCase().split("-")[0];
    if (primary === "en" || primary === "ja") return primary;
  }
  return "en";
}

/** Everything of one language. Dates keep the reader's region: en-GB writes them unlike en-US. */
export function i18nOf(locale: Locale, languages: readonly string[]): I18n {
  const regional = languages.find((language) => language.toLowerCase().split("-")[0] === locale);
  return { locale, t: dictionaries[locale], dates: datesOf(regional ?? locale) };
}

const Context = createContext<I18n>(i18nOf("en", []));

/** Gives the tree below a language, and tells the document about it. */
export function I18nProvider({ locale, children }: { locale: Locale; children: ReactNode }) {
  const value = useMemo(() => i18nOf(locale, navigator.languages), [locale]);
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  return <Context value={value}>{children}</Context>;
}

/** The language of the place in the tree. */
export function useI18n(): I18n {
  return use(Context);
}
