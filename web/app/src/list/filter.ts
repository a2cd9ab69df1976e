import type { ConversationSummary } from "@aizuchi/sdk";

/** The same for what a reader takes as the same: width, case and kind of kana aside. */
function folded(text: string): string {
  return text
    .normalize("NFKC")
    .toLocaleLowerCase()
    .replace(/[\u30a1-\u30f6]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60));
}

/** Whether the name of a room, or of a conversation's partner, contains a text. */
export function matches(conversation: ConversationSummary, text: string): boolean {
  return folded(conversation.name ?? conversation.partner?.username ?? "").includes(folded(text));
}
