/** What a notification says beside names and texts. Small: the service worker holds it, too. */
export const words = {
  en: { message: "New message", mention: "You were mentioned", somebody: "Somebody" },
  ja: { message: "新着メッセージ", mention: "あなたへのメンション", somebody: "だれか" },
} as const;

/** As the application has it; the worker knows nothing of the rest of that. */
export type Locale = keyof typeof words;
