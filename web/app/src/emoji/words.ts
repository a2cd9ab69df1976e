import { useI18n } from "../i18n/index.tsx";

const en = {
  open: "Emoji",
  title: "Choose an emoji",
  other: "Other emoji",
  search: "Search emoji",
  recent: "Used lately",
  loading: "Loading emoji…",
  failed: "The emoji could not be loaded.",
  none: "No emoji found.",
  tone: "Skin tone",
  /** By the numbers that emojibase gives the groups; the third is no group to choose from. */
  groups: [
    "Smileys and feelings",
    "People",
    "",
    "Animals and nature",
    "Food and drink",
    "Travel and places",
    "Activities",
    "Objects",
    "Symbols",
    "Flags",
  ],
};

const ja: typeof en = {
  open: "絵文字",
  title: "絵文字を選ぶ",
  other: "ほかの絵文字",
  search: "絵文字を検索",
  recent: "最近使った絵文字",
  loading: "絵文字を読み込んでいます…",
  failed: "絵文字を読み込めませんでした。",
  none: "見つかりませんでした。",
  tone: "肌の色",
  groups: [
    "顔と気持ち",
    "人と体",
    "",
    "動物と自然",
    "食べ物と飲み物",
    "旅行と場所",
    "活動",
    "もの",
    "記号",
    "旗",
  ],
};

/** What emoji are chosen with. */
export function useEmojiWords(): typeof en {
  return useI18n().locale === "ja" ? ja : en;
}
