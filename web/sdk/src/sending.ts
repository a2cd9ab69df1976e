import type { Request } from "./calls.ts";
import type { Entry, ServerFrame } from "./generated/wire.ts";
import type { Message } from "./message.ts";
import type { Unsent } from "./unsent.ts";

/** The frame that sends it. */
export function sendFrame(unsent: Unsent): Request {
  const { conversationId, message, clientMsgId, sentAt, replyTo, attachments, mentions } = unsent;
  const { act, change } = unsent;
  if (change) return { ...change, clientMsgId };
  if (!act) {
    return {
      action: "SENDMSG",
      conversationId,
      message,
      clientMsgId,
      sentAt,
      ...(replyTo === undefined ? {} : { replyTo }),
      ...(attachments ? { attachments: attachments.map(({ id }) => id) } : {}),
      ...(mentions ? { mentions: [...mentions] } : {}),
    };
  }
  const place = { conversationId, seq: act.target, clientMsgId };
  switch (act.kind) {
    case "edit": {
      const mentions = act.mentions ? { mentions: [...act.mentions] } : {};
      return { action: "EDITMSG", ...place, message, ...mentions };
    }
    case "deletion":
      return { action: "DELMSG", ...place };
    case "reaction":
      return { action: "REACT", ...place, emoji: act.emoji, on: act.on };
  }
}

/** The entry that it became. */
export function ackedEntry(
  unsent: Unsent,
  { seq, messageId, timestamp }: ServerFrame & { action: "ACK" },
  self: string,
): Entry {
  const { conversationId, sentAt } = unsent;
  return { conversationId, ...asEntry(unsent, self), messageId, seq, timestamp, sentAt };
}

/** A message as what waits to be done to it will leave it. */
export function asEntry(unsent: Unsent, self: string): Message {
  const { clientMsgId, message, sentAt, replyTo, attachments, act } = unsent;
  const { mentions, ...change } =
    act?.kind === "edit" ? act : { ...act, mentions: unsent.mentions };
  return {
    messageId: "",
    seq: 0,
    message,
    fromSub: self,
    timestamp: sentAt,
    clientMsgId,
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(attachments ? { attachments: [...attachments] } : {}),
    ...change,
    ...(mentions ? { mentions: [...mentions] } : {}),
  };
}
