import type { Conversation, KeyValueStore } from "./api.ts";
import type { ReadCursors } from "./cursor.ts";
import { encode } from "./codec.ts";
import { AizuchiError } from "./errors.ts";
import { INBOUND_BYTES, REQUEST_ID_BYTES, type ClientFrame } from "./generated/wire.ts";
import { byteLength } from "./ids.ts";
import { TYPING_EVERY } from "./limits.ts";
import type { ConversationModel } from "./model.ts";
import type { Outbox } from "./outbox.ts";
import type { Pages } from "./pages.ts";
import type { Unsent } from "./unsent.ts";

/** The longest text of a frame, but for what its `requestId` adds. */
const MAX_BYTES = INBOUND_BYTES - REQUEST_ID_BYTES - `,"requestId":""`.length;

export interface HandleContext {
  readonly outbox: Outbox;
  readonly pages: Pages;
  readonly cursors: ReadCursors;
  readonly storage: KeyValueStore;
  readonly draftPrefix: string;
  readonly now: () => number;
  readonly newId: () => string;
  readonly transmit: (frame: ClientFrame) => boolean;
}

export function sendFrame(unsent: Unsent): ClientFrame & { action: "SENDMSG" } {
  const { conversationId, message, clientMsgId, sentAt, replyTo } = unsent;
  return {
    action: "SENDMSG",
    conversationId,
    message,
    clientMsgId,
    sentAt,
    ...(replyTo === undefined ? {} : { replyTo }),
  };
}

/** The public face of a conversation. */
export function createHandle(model: ConversationModel, context: HandleContext): Conversation {
  const { outbox, pages, cursors, storage, now, newId, transmit } = context;
  const { id } = model;
  const draftKey = context.draftPrefix + id;
  /** When the others were last told that one is typing; undefined while one is not. */
  let toldTyping: number | undefined;

  return {
    id,
    subscribe: model.state.subscribe,
    getSnapshot: model.state.getSnapshot,
    loadOlder: () => pages.older(model),
    send: (text, { replyTo } = {}) => {
      if (text === "") {
        throw new AizuchiError({ code: "invalid_request", error: "The message is empty." });
      }
      const unsent: Unsent = {
        clientMsgId: newId(),
        conversationId: id,
        message: text,
        sentAt: now(),
        ...(replyTo === undefined ? {} : { replyTo }),
      };
      if (byteLength(encode(sendFrame(unsent))) > MAX_BYTES) {
        throw new AizuchiError({ code: "too_large", error: "The message is too long." });
      }
      outbox.add(unsent);
      toldTyping = undefined; // The message itself says that typing is over.
      return unsent.clientMsgId;
    },
    retry: (clientMsgId) => {
      outbox.retry(id, clientMsgId);
    },
    discard: (clientMsgId) => {
      outbox.discard(id, clientMsgId);
    },
    markRead: (seq) => {
      cursors.read(model, seq);
    },
    setTyping: (on) => {
      if (on ? now() - (toldTyping ?? -Infinity) < TYPING_EVERY : toldTyping === undefined) return;
      toldTyping = on && transmit({ action: "TYPING", conversationId: id, on }) ? now() : undefined;
      if (!on) transmit({ action: "TYPING", conversationId: id, on });
    },
    getDraft: () => storage.get(draftKey) ?? "",
    setDraft: (text) => {
      if (text === "") storage.remove(draftKey);
      else storage.set(draftKey, text);
    },
  };
}
