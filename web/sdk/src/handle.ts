import type { Conversation, KeyValueStore } from "./api.ts";
import type { ReadCursors } from "./cursor.ts";
import { encode } from "./codec.ts";
import { AizuchiError } from "./errors.ts";
import { isSaid } from "./message.ts";
import { INBOUND_BYTES, REQUEST_ID_BYTES, type ClientFrame } from "./generated/wire.ts";
import { byteLength } from "./ids.ts";
import { MAX_ATTACHMENTS, TYPING_EVERY } from "./limits.ts";
import type { ConversationModel } from "./model.ts";
import type { Outbox } from "./outbox.ts";
import type { Pages } from "./pages.ts";
import { PlaceModel } from "./place.ts";
import { sendFrame } from "./sending.ts";
import type { Act, Unsent } from "./unsent.ts";

/** The longest text of a frame, but for what its `requestId` adds. */
const MAX_BYTES = INBOUND_BYTES - REQUEST_ID_BYTES - `,"requestId":""`.length;

type Rest = Pick<Unsent, "replyTo" | "attachments" | "mentions" | "act">;

export interface HandleContext {
  /** Whose eyes it is for. */
  readonly self: string;
  readonly outbox: Outbox;
  readonly pages: Pages;
  readonly cursors: ReadCursors;
  readonly storage: KeyValueStore;
  readonly draftPrefix: string;
  readonly now: () => number;
  readonly newId: () => string;
  readonly transmit: (frame: ClientFrame) => boolean;
}

/** The public face of a conversation. */
export function createHandle(model: ConversationModel, context: HandleContext): Conversation {
  const { outbox, pages, cursors, storage, now, newId, transmit } = context;
  const { id } = model;
  const draftKey = context.draftPrefix + id;
  /** When the others were last told that one is typing; undefined while one is not. */
  let toldTyping: number | undefined;

  const mustSay = (text: string): void => {
    if (text !== "") return;
    throw new AizuchiError({ code: "invalid_request", error: "The message is empty." });
  };
  const add = (message: string, rest: Rest): Unsent => {
    const unsent = { clientMsgId: newId(), conversationId: id, message, sentAt: now(), ...rest };
    if (byteLength(encode(sendFrame(unsent))) > MAX_BYTES) {
      throw new AizuchiError({ code: "too_large", error: "The message is too long." });
    }
    outbox.add(unsent);
    return unsent;
  };
  const act = (message: string, act: Act): void => {
    const held =
      model.log.messages.find(({ seq }) => seq === act.target) ?? model.places.find(act.target);
    if (!held || !isSaid(held)) {
      throw new AizuchiError({ code: "not_found", error: "There is no such message." });
    }
    model.refused = undefined;
    add(message, { act });
  };

  return {
    id,
    subscribe: model.state.subscribe,
    getSnapshot: model.state.getSnapshot,
    loadOlder: () => pages.older(model),
    around: (seq) => new PlaceModel(model, pages, context.self, seq),
    send: (text, { replyTo, attachments = [], mentions = [] } = {}) => {
      if (attachments.length === 0) mustSay(text);
      if (attachments.length > MAX_ATTACHMENTS) {
        throw new AizuchiError({
          code: "invalid_request",
          error: "A message has at most 10 files.",
        });
      }
      const unsent = add(text, {
        ...(replyTo === undefined ? {} : { replyTo }),
        ...(attachments.length === 0 ? {} : { attachments: [...attachments] }),
        ...(mentions.length === 0 ? {} : { mentions: [...mentions] }),
      });
      toldTyping = undefined; // The message itself says that typing is over.
      return unsent.clientMsgId;
    },
    edit: (seq, text, { mentions = [] } = {}) => {
      mustSay(text);
      const mentioned = mentions.length === 0 ? {} : { mentions: [...mentions] };
      act(text, { kind: "edit", target: seq, ...mentioned });
    },
    remove: (seq) => {
      act("", { kind: "deletion", target: seq });
    },
    react: (seq, emoji, on) => {
      act("", { kind: "reaction", target: seq, emoji, on });
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
