import { useI18n } from "../i18n/index.tsx";
import { pluralizer } from "../i18n/plural.ts";

const enPlural = pluralizer("en");

const en = {
  field: "Search names and messages",
  conversations: "Conversations",
  messages: "Messages",
  searching: "Searching…",
  noName: "No conversation with this name.",
  noMessage: "No message has these words.",
  offline: "Messages can be searched when you are back online.",
  off: "This server does not search messages.",
  tooLong: "This is too long to search for.",
  more: "More messages",
  found: (count: number) => enPlural(count, { one: "# message", other: "# messages" }),
  here: "Search this conversation",
  hereField: "Search in this conversation",
  previous: "Previous result",
  next: "Next result",
  close: "Close search",
  position: (index: number, count: number, more: boolean) =>
    `${index} of ${count}${more ? "+" : ""}`,
  said: (name: string) => `${name}: `,
};

const ja: typeof en = {
  field: "名前とメッセージを検索",
  conversations: "会話",
  messages: "メッセージ",
  searching: "検索しています…",
  noName: "この名前の会話はありません。",
  noMessage: "この言葉を含むメッセージはありません。",
  offline: "メッセージは、オンラインに戻ると検索できます。",
  off: "このサーバーではメッセージを検索できません。",
  tooLong: "検索する言葉が長すぎます。",
  more: "メッセージをもっと表示",
  found: (count) => `メッセージ${count}件`,
  here: "この会話を検索",
  hereField: "この会話の中を検索",
  previous: "前の結果",
  next: "次の結果",
  close: "検索を閉じる",
  position: (index, count, more) => `${count}件${more ? "以上" : ""}中${index}件目`,
  said: (name) => `${name}：`,
};

/** What searching is said with. */
export function useWords(): typeof en {
  return useI18n().locale === "ja" ? ja : en;
}
