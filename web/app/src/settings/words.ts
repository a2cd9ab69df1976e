import { type Locale, useI18n } from "../i18n/index.tsx";

const en = {
  devices: "Devices",
  devicesText: "Where you are signed in. End whatever you do not know.",
  unknown: "Unknown device",
  current: "This device",
  used: (when: string) => `Last used ${when}`,
  end: "End session",
  endLabel: (device: string) => `End the session of ${device}`,
  endOthers: "End all other sessions",
  ended: "The session is over.",
  data: "Your data",
  leave: "Delete account",
  leaveText:
    "Your name and your sessions are deleted. What you wrote stays with those you wrote to, as from “Deleted user”.",
  leaveConfirm: "Delete your account?",
  leaveWarning:
    "This cannot be undone. You will not be able to sign in again, and nobody will get your name.",
  leavePassword: "Your password",
  leaveWrong: "This is not your password.",
  leaveStale: "Sign out and in again first, and then delete within ten minutes.",
  leaving: "Deleting…",
};

const ja: typeof en = {
  devices: "デバイス",
  devicesText: "サインインしている場所です。心当たりのないものは終了してください。",
  unknown: "不明なデバイス",
  current: "このデバイス",
  used: (when: string) => `最終使用：${when}`,
  end: "終了",
  endLabel: (device: string) => `${device}のセッションを終了`,
  endOthers: "ほかのセッションをすべて終了",
  ended: "終了しました。",
  data: "あなたのデータ",
  leave: "アカウントを削除",
  leaveText:
    "名前とセッションは削除されます。送ったメッセージは相手のもとに「削除されたユーザー」のものとして残ります。",
  leaveConfirm: "アカウントを削除しますか？",
  leaveWarning:
    "元に戻すことはできません。二度とサインインできなくなり、この名前はほかの誰にも使われません。",
  leavePassword: "パスワード",
  leaveWrong: "パスワードが違います。",
  leaveStale: "いったんサインアウトしてサインインし直し、10分以内に削除してください。",
  leaving: "削除しています…",
};

const words: Record<Locale, typeof en> = { en, ja };

/** The words of the settings about devices and data. */
export function useWords(): typeof en {
  return words[useI18n().locale];
}
