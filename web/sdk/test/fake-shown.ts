import type { Entry, Message } from "../src/generated/wire.ts";

/** A log as its readers see it by now: what was said and what happened, with every change in it. */
export function shown(entries: readonly Entry[]): Message[] {
  return entries
    .filter(({ kind }) => kind === "message" || kind === "membership")
    .map(({ conversationId: _, kind, ...said }) => {
      const changes = entries.filter(({ target }) => target === said.seq);
      const { messageId, seq, fromSub, timestamp } = said;
      if (changes.some(({ kind }) => kind === "deletion")) {
        return { messageId, seq, fromSub, timestamp, message: "", deleted: true };
      }
      const edit = changes.findLast(({ kind }) => kind === "edit");
      const reactions = reactionsOf(changes);
      return {
        ...said,
        ...(kind === "membership" ? { kind } : {}),
        ...(edit ? { message: edit.message, editedAt: edit.timestamp } : {}),
        ...(reactions.length > 0 ? { reactions } : {}),
      };
    });
}

function reactionsOf(changes: readonly Entry[]): NonNullable<Message["reactions"]> {
  const by = new Map<string, Set<string>>();
  for (const { kind, emoji = "", fromSub, on } of changes) {
    if (kind !== "reaction") continue;
    const subs = by.get(emoji) ?? new Set();
    by.set(emoji, subs);
    if (on === true) subs.add(fromSub);
    else subs.delete(fromSub);
  }
  return [...by]
    .filter(([, subs]) => subs.size > 0)
    .map(([emoji, subs]) => ({ emoji, count: subs.size, subs: [...subs] }));
}
