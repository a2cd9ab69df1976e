import type { ConversationSummary } from "@aizuchi/sdk";
import type { Dictionary } from "../i18n/en.ts";
import { nameOf } from "../state/people.ts";

/** The same for what a reader takes as the same: width, case and kind of kana aside. */
function folded(text: string): string {
  return text
    .normalize("NFKC")
    .toLocaleLowerCase()
    .replace(/[\u30a1-\u30f6]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60));
}

/** Whether a text contains another, as a reader sees it. */
export function contains(text: string, part: string): boolean {
  return folded(text).includes(folded(part));
}

/** Whether the name of a room, or of a conversation's partner, contains a text. */
export function matches(
  { name, partner }: ConversationSummary,
  text: string,
  t: Dictionary,
): boolean {
  return contains(name ?? nameOf(partner, t), text);
}
