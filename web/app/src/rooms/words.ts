import { useI18n } from "../i18n/index.tsx";
import { pluralizer } from "../i18n/plural.ts";

const enPlural = pluralizer("en");

const en = {
  members: (count: number) => enPlural(count, { one: "# member", other: "# members" }),
  label: (name: string) => `Room ${name}`,
  messages: (name: string) => `Messages in ${name}`,
  beginning: (name: string) => `This is where ${name} begins.`,
  unnamed: "Room",
  said: (name: string, text: string) => `${name}: ${text}`,
  created: (who: string, name: string) => `${who} created the room “${name}”`,
  invited: (who: string, whom: string) => `${who} added ${whom}`,
  joined: (who: string) => `${who} joined`,
  left: (who: string) => `${who} left`,
  removed: (who: string, whom: string) => `${who} removed ${whom}`,
  renamed: (who: string, name: string) => `${who} renamed the room to “${name}”`,
  roles: {
    owner: (who: string, whom: string) => `${who} made ${whom} an owner`,
    admin: (who: string, whom: string) => `${who} made ${whom} an admin`,
    member: (who: string, whom: string) => `${who} made ${whom} a member`,
  },
  changed: (who: string) => `${who} changed the room`,
  reactions: "Reactions",
  reacted: (emoji: string, count: number) =>
    enPlural(count, { one: `${emoji} from # person`, other: `${emoji} from # people` }),
  list: new Intl.ListFormat("en"),
};

const ja: typeof en = {
  members: (count) => `${count}人のメンバー`,
  label: (name) => `ルーム「${name}」`,
  messages: (name) => `「${name}」のメッセージ`,
  beginning: (name) => `「${name}」はここから始まります。`,
  unnamed: "ルーム",
  said: (name, text) => `${name}：${text}`,
  created: (who, name) => `${who}さんがルーム「${name}」を作成しました`,
  invited: (who, whom) => `${who}さんが${whom}さんを追加しました`,
  joined: (who) => `${who}さんが参加しました`,
  left: (who) => `${who}さんが退出しました`,
  removed: (who, whom) => `${who}さんが${whom}さんを外しました`,
  renamed: (who, name) => `${who}さんがルーム名を「${name}」に変更しました`,
  roles: {
    owner: (who, whom) => `${who}さんが${whom}さんをオーナーにしました`,
    admin: (who, whom) => `${who}さんが${whom}さんを管理者にしました`,
    member: (who, whom) => `${who}さんが${whom}さんをメンバーにしました`,
  },
  changed: (who) => `${who}さんがルームを変更しました`,
  reactions: "リアクション",
  reacted: (emoji, count) => `${emoji} ${count}人`,
  list: new Intl.ListFormat("ja"),
};

export type RoomWords = typeof en;

/** What rooms and what is done to messages are told of with. */
export function useWords(): RoomWords {
  return useI18n().locale === "ja" ? ja : en;
}
