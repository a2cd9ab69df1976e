import type { Reactions } from "./generated/wire.ts";
import { isShown, type Message } from "./message.ts";

/** Of one emoji, so many people are named. */
const NAMED = 20;

/** What is left of a message that was deleted. */
export function emptied(message: Message): Message {
  const { messageId, seq, fromSub, timestamp, clientMsgId } = message;
  const left = { messageId, seq, fromSub, timestamp, message: "", deleted: true };
  return clientMsgId === undefined ? left : { ...left, clientMsgId };
}

/**
 * A message as `change` leaves it; the same object where it leaves it as it was. `again` where the
 * message may have come with the change in it already. What is deleted stays so.
 */
export function fold(message: Message, change: Message, self: string, again: boolean): Message {
  if (change.target !== message.seq || !isShown(message) || message.deleted === true) {
    return message;
  }
  switch (change.kind) {
    case "deletion":
      return emptied(message);
    case "edit":
      return edited(message, change);
    case "reaction":
      return reacted(message, change, self, again);
    default:
      return message;
  }
}

function edited(message: Message, change: Message): Message {
  // It says what the message is by now: nothing, where that was deleted meanwhile.
  if (change.message === "") return message;
  if ((message.editedAt ?? 0) > change.timestamp) return message;
  const { mentions: _, ...rest } = message;
  return {
    ...rest,
    message: change.message,
    editedAt: change.timestamp,
    ...(change.mentions ? { mentions: change.mentions } : {}),
  };
}

function reacted(message: Message, change: Message, self: string, again: boolean): Message {
  const { emoji, fromSub, on } = change;
  if (emoji === undefined || on === undefined) return message;
  const old = message.reactions ?? [];
  const known = old.find((reaction) => reaction.emoji === emoji);
  const { count, subs }: Omit<Reactions, "emoji"> = known ?? { count: 0, subs: [] };
  const named = subs.includes(fromSub);
  // One is always named oneself; another who is not may be among the rest.
  const certain = named || fromSub === self || count <= subs.length;
  if (certain ? named === on : again) return message;
  const others = subs.filter((sub) => sub !== fromSub);
  const next: Reactions = {
    emoji,
    count: on ? count + 1 : Math.max(count - 1, 0),
    subs: on
      ? (fromSub === self ? [fromSub, ...others] : [...others, fromSub]).slice(0, NAMED)
      : others,
  };
  const all = known
    ? old.map((reaction) => (reaction === known ? next : reaction))
    : [...old, next];
  const reactions = all.filter(({ count }) => count > 0);
  const { reactions: _, ...rest } = message;
  return reactions.length === 0 ? rest : { ...rest, reactions };
}
