import { type Locale, useI18n } from "../i18n/index.tsx";

/** A size in bytes, as people say it in one language. */
function sizes(language: string): (bytes: number) => string {
  const format = (unit: string, maximumFractionDigits: number) =>
    new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits });
  const [kilo, mega] = [format("kilobyte", 0), format("megabyte", 1)];
  return (bytes) => (bytes < 1e6 ? kilo.format(Math.ceil(bytes / 1e3)) : mega.format(bytes / 1e6));
}

const [enSize, jaSize] = [sizes("en"), sizes("ja")];

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
  export: "Export",
  exportText:
    "A file with your conversations and all that was said in them, one line of JSON for each thing.",
  exporting: (bytes: number) => `Exporting… ${enSize(bytes)}`,
  exported: (bytes: number) => `Done: ${enSize(bytes)}.`,
  exportOn: "Go on",
  exportEarly: "You can export once an hour. Try again later.",
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
  export: "書き出す",
  exportText: "会話と、そこで話したことのすべてを、1件1行のJSONのファイルにします。",
  exporting: (bytes) => `書き出しています… ${jaSize(bytes)}`,
  exported: (bytes) => `書き出しました（${jaSize(bytes)}）。`,
  exportOn: "続ける",
  exportEarly: "書き出しは1時間に1回までです。しばらくしてからお試しください。",
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
