import type { Entry, Message } from "./generated/wire.ts";

/** An entry of a log: a message with all that was changed of it, a change, or what happened to a room. */
export type { Message };

/** Whether it is shown by itself. One of a kind that is not known (yet) takes its place unseen. */
export function isShown({ kind }: Message): boolean {
  return kind === undefined || kind === "message" || kind === "membership";
}

/** Whether it is something that a person said, which is there still. */
export function isSaid({ kind, deleted }: Message): boolean {
  return (kind === undefined || kind === "message") && deleted !== true;
}

const KINDS = ["message", "edit", "deletion", "reaction", "membership"];

/** What an entry says; nothing where it is of a kind that is not known (yet). */
export function entryMessage(entry: Entry): Message | undefined {
  const { conversationId: _, kind, ...rest } = entry;
  if (kind === undefined || kind === "message") return rest;
  return KINDS.includes(kind) ? { ...rest, kind } : undefined;
}
