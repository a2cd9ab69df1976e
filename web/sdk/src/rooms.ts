import type { Failure } from "./api.ts";
import type { Calls, Request } from "./calls.ts";
import { AizuchiError, isPermanent } from "./errors.ts";
import type { History, Role } from "./generated/wire.ts";
import type { RoomCalls } from "./members.ts";

/**
 * Rooms: how they are made and who is in them. Each call rejects with an `AizuchiError`: `forbidden`
 * for what one's role does not allow, `unavailable` without a connection, …
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

type Unnamed<T> = T extends { clientMsgId: string } ? Omit<T, "clientMsgId"> : never;
type Change = Unnamed<
  Extract<
    Request,
    { action: "CREATEROOM" | "INVITE" | "JOIN" | "LEAVE" | "REMOVE" | "RENAME" | "SETROLE" }
  >
>;

export interface RoomsOptions {
  readonly calls: Calls;
  readonly overHttp: RoomCalls;
  readonly newId: () => string;
  /** The room changed: the server has more to tell of it. */
  readonly onChanged: (conversationId: string, change: Change) => void;
}

export function createRooms({ calls, overHttp, newId, onChanged }: RoomsOptions): Rooms {
  const once = (frame: Request): Promise<string> =>
    new Promise((resolve, reject) => {
      const onFailure = (failure: Failure): void => {
        reject(new AizuchiError(failure));
      };
      calls.call(frame, {
        onAnswer: (answer) => {
          if (answer.action === "ACK") resolve(answer.conversationId);
          else onFailure({ code: "unavailable", error: "The server's answer makes no sense." });
          return false;
        },
        onFailure,
      });
    });
  // What was not answered may have been done: asked again in the same words, it is the same.
  const open = new Map<string, string>();
  const call = async (frame: Change): Promise<string> => {
    const words = JSON.stringify(frame);
    const clientMsgId = open.get(words) ?? newId();
    open.set(words, clientMsgId);
    try {
      const id = await once({ ...frame, clientMsgId });
      open.delete(words);
      onChanged(id, frame);
      return id;
    } catch (error) {
      if (!(error instanceof AizuchiError) || isPermanent(error.code)) open.delete(words);
      throw error;
    }
  };
  return {
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
}
