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
  menu: "Message options",
  react: "React",
  reply: "Reply",
  copy: "Copy text",
  edit: "Edit",
  delete: "Delete",
  deleteTitle: "Delete this message?",
  deleteText: "It disappears for everybody, and cannot be brought back.",
  inReply: "In reply to",
  earlier: "An earlier message",
  replying: (name: string) => `Reply to ${name}`,
  editing: "Edit message",
  cancel: "Cancel",
  refused: "That could not be done, and was undone.",
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
  menu: "メッセージの操作",
  react: "リアクションする",
  reply: "返信",
  copy: "テキストをコピー",
  edit: "編集",
  delete: "削除",
  deleteTitle: "このメッセージを削除しますか？",
  deleteText: "全員の画面から消え、元に戻すことはできません。",
  inReply: "返信先：",
  earlier: "以前のメッセージ",
  replying: (name) => `${name}さんに返信`,
  editing: "メッセージを編集",
  cancel: "キャンセル",
  refused: "実行できなかったため、元に戻しました。",
  list: new Intl.ListFormat("ja"),
};

export type RoomWords = typeof en;

/** What rooms and what is done to messages are told of with. */
export function useWords(): RoomWords {
  return useI18n().locale === "ja" ? ja : en;
}
