import type { MessageView } from "./api.ts";
import type { Message } from "./message.ts";
import type { Unsent } from "./unsent.ts";

// Both kinds of source are never changed in place, so that a view belongs to its source, and a list
// that grows by one renders one.
const ofMessages = new WeakMap<Message, MessageView>();
const ofUnsent = new WeakMap<Unsent, MessageView>();

/** `partnerRead` is how far every other member has read. */
export function messageView(message: Message, self: string, partnerRead: number): MessageView {
  const { seq, messageId, fromSub, timestamp, clientMsgId, replyTo, editedAt, deleted } = message;
  const { mentions, attachments, reactions, change } = message;
  const own = fromSub === self;
  const state = own && seq <= partnerRead ? "read" : "sent";
  const known = ofMessages.get(message);
  if (known?.state === state) return known;
  const view: MessageView = {
    // One's own keeps the key that it had while it was pending.
    key: own && clientMsgId !== undefined ? clientMsgId : messageId,
    seq,
    messageId,
    fromSub,
    text: deleted === true ? "" : message.message,
    timestamp,
    state,
    ...(own && clientMsgId !== undefined ? { clientMsgId } : {}),
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(editedAt === undefined ? {} : { editedAt }),
    ...(deleted === true ? { deleted } : {}),
    ...(mentions === undefined ? {} : { mentions }),
    ...(attachments === undefined || deleted === true ? {} : { attachments }),
    ...(reactions === undefined ? {} : { reactions }),
    ...(change === undefined ? {} : { change }),
  };
  ofMessages.set(message, view);
  return view;
}

export function unsentView(unsent: Unsent, self: string): MessageView {
  const known = ofUnsent.get(unsent);
  if (known) return known;
  const { clientMsgId, message, sentAt, replyTo, attachments, mentions, failure } = unsent;
  const view: MessageView = {
    key: clientMsgId,
    clientMsgId,
    fromSub: self,
    text: message,
    timestamp: sentAt,
    state: failure ? "failed" : "pending",
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(attachments ? { attachments } : {}),
    ...(mentions ? { mentions } : {}),
    ...(failure ? { error: failure } : {}),
  };
  ofUnsent.set(unsent, view);
  return view;
}
