import { useI18n } from "../i18n/index.tsx";

const en = {
  title: "Privacy",
  menu: (name: string) => `Block or report ${name}`,
  block: "Block",
  unblock: "Unblock",
  unblockLabel: (name: string) => `Unblock ${name}`,
  blocking: (name: string) => `You have blocked ${name}.`,
  blockText:
    "No messages pass between you, and neither of you sees whether the other is online. They are not told.",
  blockedPeople: "Blocked people",
  nobodyBlocked: "You have blocked nobody.",
  audience: "Who can see when you are online",
  everybody: "Everyone",
  contacts: "People I talk to",
  nobody: "Nobody",
  audienceText: "If you choose nobody, you do not see when others are online either.",
  report: "Report",
  reportText: "Your report goes to whoever runs this server.",
  reason: "What happened?",
  reasonRequired: "Say what happened.",
  reasonTooLong: "At most 500 characters.",
  reported: "Thank you. Your report was sent.",
};

const ja: typeof en = {
  title: "プライバシー",
  menu: (name) => `${name}さんをブロック・報告`,
  block: "ブロックする",
  unblock: "ブロックを解除",
  unblockLabel: (name) => `${name}さんのブロックを解除`,
  blocking: (name) => `${name}さんをブロックしています。`,
  blockText:
    "お互いにメッセージは届かず、オンラインかどうかも見えなくなります。相手には通知されません。",
  blockedPeople: "ブロックした人",
  nobodyBlocked: "ブロックした人はいません。",
  audience: "オンライン状態を見せる相手",
  everybody: "全員",
  contacts: "会話した人",
  nobody: "見せない",
  audienceText: "「見せない」を選ぶと、ほかの人のオンライン状態も見えなくなります。",
  report: "報告する",
  reportText: "報告はこのサーバーの運営者に届きます。",
  reason: "何がありましたか？",
  reasonRequired: "内容を入力してください。",
  reasonTooLong: "500文字以内で入力してください。",
  reported: "報告を送信しました。ご協力ありがとうございます。",
};

/** What the privacy of a person is said with. */
export function useWords(): typeof en {
  return useI18n().locale === "ja" ? ja : en;
}
