import type { Session } from "./api.ts";
import { AizuchiError } from "./errors.ts";
import type { Role } from "./generated/wire.ts";
import type { Http } from "./http.ts";

/** Somebody in a room. */
export interface RoomMember {
  readonly sub: string;
  readonly username: string;
  readonly role: Role;
  /** The seq up to which he has read; 0 where he has not. */
  readonly read: number;
}

/** A link into a room that leads somewhere. */
export interface RoomLink {
  readonly linkId: string;
  readonly createdBy: string;
  /** In ms since the epoch. */
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** A new link. Its secret is told this once: `<origin>/#join=<secret>` is what people are given. */
export interface NewLink {
  readonly linkId: string;
  readonly secret: string;
  readonly expiresAt: number;
}

/** Where a link leads. */
export interface LinkPreview {
  readonly conversationId: string;
  readonly name: string;
  /** How many are in it. */
  readonly members: number;
}

/** What of rooms goes by HTTP. Each call rejects with an `AizuchiError`. */
export interface RoomCalls {
  /** Who is in a room, and how far each has read, a page at a time: the next one begins at `cursor`. */
  readonly members: (
    id: string,
    options?: { readonly cursor?: string; readonly limit?: number },
  ) => Promise<{ readonly members: readonly RoomMember[]; readonly cursor?: string }>;
  /** For owners and admins, as the next two. The oldest first. */
  readonly links: (id: string) => Promise<readonly RoomLink[]>;
  /** Good for 7 days unless told, at most 90; a room has at most 20. */
  readonly createLink: (
    id: string,
    options?: { readonly expiresInSeconds?: number },
  ) => Promise<NewLink>;
  readonly revokeLink: (id: string, linkId: string) => Promise<void>;
  /** Where a link leads; `not_found` where it leads nowhere. */
  readonly preview: (secret: string) => Promise<LinkPreview>;
}

export function createRoomCalls(http: Http, session: Session): RoomCalls {
  const path = (id: string, rest: string): string => `/api/rooms/${encodeURIComponent(id)}/${rest}`;
  return {
    members: async (id, { cursor, limit } = {}) => {
      const query = new URLSearchParams();
      if (cursor !== undefined) query.set("cursor", cursor);
      if (limit !== undefined) query.set("limit", String(limit));
      const asked = query.size > 0 ? `members?${query.toString()}` : "members";
      const token = await session.token();
      const answer = await http({ method: "GET", path: path(id, asked), token });
      const page = (answer ?? {}) as { members?: unknown; cursor?: unknown };
      if (!Array.isArray(page.members)) throw senseless();
      const members = page.members as readonly RoomMember[];
      return typeof page.cursor === "string" ? { members, cursor: page.cursor } : { members };
    },
    links: async (id) => {
      const token = await session.token();
      const answer = await http({ method: "GET", path: path(id, "links"), token });
      const { links } = (answer ?? {}) as { links?: unknown };
      if (!Array.isArray(links)) throw senseless();
      return links as readonly RoomLink[];
    },
    createLink: async (id, { expiresInSeconds } = {}) => {
      const token = await session.token();
      const body = expiresInSeconds === undefined ? {} : { expiresInSeconds };
      const answer = await http({ method: "POST", path: path(id, "links"), token, body });
      const link = (answer ?? {}) as Partial<NewLink>;
      if (typeof link.secret !== "string") throw senseless();
      return link as NewLink;
    },
    revokeLink: async (id, linkId) => {
      const token = await session.token();
      const link = `links/${encodeURIComponent(linkId)}`;
      await http({ method: "DELETE", path: path(id, link), token });
    },
    preview: async (secret) => {
      const token = await session.token();
      const body = { secret };
      const answer = await http({ method: "POST", path: "/api/rooms/preview", token, body });
      const seen = (answer ?? {}) as Partial<LinkPreview>;
      if (typeof seen.conversationId !== "string") throw senseless();
      return seen as LinkPreview;
    },
  };
}

function senseless(): AizuchiError {
  return new AizuchiError({ code: "unavailable", error: "The server's answer makes no sense." });
}
