import { useI18n } from "../i18n/index.tsx";
import { pluralizer } from "../i18n/plural.ts";

const enPlural = pluralizer("en");

const en = {
  title: "People to mention",
  found: (count: number) =>
    enPlural(count, {
      one: "# person. Arrows choose, Enter takes.",
      other: "# people. Arrows choose, Enter takes.",
    }),
};

const ja: typeof en = {
  title: "メンションする相手",
  found: (count) => `${count}人。矢印キーで選び、Enterで決定します。`,
};

/** What mentions are chosen with. */
export function useMentionWords(): typeof en {
  return useI18n().locale === "ja" ? ja : en;
}
