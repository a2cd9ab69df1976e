import type { Failure } from "./api.ts";
import { AizuchiError } from "./errors.ts";
import type { History, Role } from "./generated/wire.ts";
import type { RoomCalls } from "./members.ts";
import { isPlaceless, placeless, type RoomChange, type Unsent } from "./unsent.ts";

/**
 * Rooms: how they are made and who is in them. A change waits in the outbox, so that it is done once
 * whatever becomes of the connection or the page; its promise resolves when it is done. It rejects
 * with an `AizuchiError`: `forbidden` for what one's role does not allow, `unavailable` without a
 * connection (then nothing is kept), …
 */
export interface Rooms extends RoomCalls {
  /** Makes a room of oneself and `subs` (at most 50), and gives its id. `history` is `all` unless told. */
  readonly create: (
    name: string,
    subs: readonly string[],
    options?: { readonly history?: History },
  ) => Promise<string>;
  /** Adds people, at most 50. */
  readonly invite: (id: string, subs: readonly string[]) => Promise<void>;
  /** Comes into the room that a link leads to, and gives its id; so too where one is in it. */
  readonly join: (secret: string) => Promise<string>;
  readonly leave: (id: string) => Promise<void>;
  readonly remove: (id: string, sub: string) => Promise<void>;
  readonly rename: (id: string, name: string) => Promise<void>;
  readonly setRole: (id: string, sub: string, role: Role) => Promise<void>;
}

export interface RoomsOptions {
  /** Takes it into the outbox, or throws. */
  readonly add: (unsent: Unsent) => void;
  readonly connected: () => boolean;
  readonly overHttp: RoomCalls;
  readonly now: () => number;
  readonly newId: () => string;
  /** The room changed: the server has more to tell of it. */
  readonly onChanged: (conversationId: string, change: RoomChange) => void;
}

/** Rooms, and what the outbox tells of their changes. */
export interface RoomBook {
  readonly rooms: Rooms;
  readonly done: (unsent: Unsent, conversationId: string) => void;
  /** Whether somebody heard of it who asked for it. */
  readonly refused: (unsent: Unsent, failure: Failure) => boolean;
  /** It is not in the outbox any more. */
  readonly gone: (unsent: Unsent) => void;
}

interface Waiting {
  readonly resolve: (conversationId: string) => void;
  readonly reject: (failure: Failure) => void;
}

export function createRooms(options: RoomsOptions): RoomBook {
  const { add, connected, overHttp, now, newId, onChanged } = options;
  const waiting = new Map<string, Waiting>();
  // Asked for again in the same words while it is on its way, it is the same.
  const open = new Map<string, Promise<string>>();
  const put = (change: RoomChange): Promise<string> =>
    new Promise((resolve, reject) => {
      const clientMsgId = newId();
      if (!connected()) {
        throw new AizuchiError({ code: "unavailable", error: "There is no connection." });
      }
      waiting.set(clientMsgId, {
        resolve,
        reject: (failure) => {
          reject(new AizuchiError(failure));
        },
      });
      const conversationId =
        "conversationId" in change ? change.conversationId : placeless(clientMsgId);
      try {
        add({ clientMsgId, conversationId, message: "", sentAt: now(), change });
      } catch (error) {
        waiting.delete(clientMsgId);
        throw error;
      }
    });
  const call = (change: RoomChange): Promise<string> => {
    const words = JSON.stringify(change);
    const known = open.get(words);
    if (known) return known;
    const promise = put(change).finally(() => open.delete(words));
    open.set(words, promise);
    return promise;
  };
  const take = ({ clientMsgId }: Unsent): Waiting | undefined => {
    const one = waiting.get(clientMsgId);
    waiting.delete(clientMsgId);
    return one;
  };
  const rooms: Rooms = {
    ...overHttp,
    join: (link) => call({ action: "JOIN", link }),
    create: (name, subs, { history } = {}) =>
      call({
        action: "CREATEROOM",
        name,
        ...(subs.length > 0 ? { subs: [...subs] } : {}),
        ...(history ? { history } : {}),
      }),
    invite: async (conversationId, subs) => {
      await call({ action: "INVITE", conversationId, subs: [...subs] });
    },
    leave: async (conversationId) => {
      await call({ action: "LEAVE", conversationId });
    },
    remove: async (conversationId, sub) => {
      await call({ action: "REMOVE", conversationId, sub });
    },
    rename: async (conversationId, name) => {
      await call({ action: "RENAME", conversationId, name });
    },
    setRole: async (conversationId, sub, role) => {
      await call({ action: "SETROLE", conversationId, sub, role });
    },
  };
  return {
    rooms,
    done: (unsent, conversationId) => {
      if (unsent.change) onChanged(conversationId, unsent.change);
      take(unsent)?.resolve(conversationId);
    },
    refused: (unsent, failure) => {
      const one = take(unsent);
      one?.reject(failure);
      return one !== undefined;
    },
    gone: (unsent) => {
      const one = take(unsent);
      if (!isPlaceless(unsent)) one?.resolve(unsent.conversationId);
      // Another page has done it, and knows what became of it.
      else one?.reject({ code: "unavailable", error: "It was done elsewhere." });
    },
  };
}
