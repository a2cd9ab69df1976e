import {
  AizuchiError,
  type ConversationState,
  type Person,
  type RoomLink,
  type Rooms,
} from "@aizuchi/sdk";
import type { Cell } from "../src/state/cell.ts";

interface Around {
  readonly self: Person;
  readonly people: ReadonlyMap<string, Person>;
  readonly stateOf: (id: string) => Cell<ConversationState>;
  readonly change: (id: string, change: Partial<ConversationState>) => void;
}

/** Rooms without a server. */
export function fakeRooms({ self, people, stateOf, change }: Around): Rooms {
  const membersOf = (id: string): readonly Person[] => stateOf(id).getSnapshot().members;
  const setMembers = (id: string, members: readonly Person[]): void => {
    change(id, { members, memberCount: members.length });
  };
  const found = (subs: readonly string[]): Person[] => subs.flatMap((sub) => people.get(sub) ?? []);
  let made = 0;
  const links = new Map<string, RoomLink & { readonly room: string; readonly secret: string }>();
  const follow = (secret: string): string => {
    const link = [...links.values()].find((one) => one.secret === secret);
    if (link) return link.room;
    throw new AizuchiError({ code: "not_found", error: "This link leads nowhere." });
  };
  return {
    create: (name, subs) => {
      const id = `r:${++made}`;
      change(id, { name, role: "owner" });
      setMembers(id, [self, ...found(subs)]);
      return Promise.resolve(id);
    },
    invite: (id, subs) => {
      setMembers(id, [...membersOf(id), ...found(subs)]);
      return Promise.resolve();
    },
    leave: (id) => {
      const { role: _, ...rest } = stateOf(id).getSnapshot();
      stateOf(id).set(rest);
      change(id, {});
      return Promise.resolve();
    },
    remove: (id, sub) => {
      setMembers(
        id,
        membersOf(id).filter((member) => member.sub !== sub),
      );
      return Promise.resolve();
    },
    rename: (id, name) => {
      change(id, { name });
      return Promise.resolve();
    },
    setRole: () => Promise.resolve(),
    // eslint-disable-next-line @typescript-eslint/require-await -- it rejects
    join: async (secret) => {
      const id = follow(secret);
      change(id, { role: "member" });
      setMembers(id, [...membersOf(id), self]);
      return id;
    },
    members: (id) =>
      Promise.resolve({
        members: membersOf(id).map((one) => ({
          ...one,
          role: one.sub === self.sub ? (stateOf(id).getSnapshot().role ?? "member") : "member",
          read: 0,
        })),
      }),
    links: (id) => Promise.resolve([...links.values()].filter(({ room }) => room === id)),
    createLink: (room, { expiresInSeconds = 7 * 24 * 60 * 60 } = {}) => {
      const linkId = String(++made);
      const createdAt = Date.now();
      const expiresAt = createdAt + expiresInSeconds * 1000;
      const secret = `secret-of-link-no-${linkId}`;
      links.set(linkId, { linkId, createdBy: self.sub, createdAt, expiresAt, room, secret });
      return Promise.resolve({ linkId, secret, expiresAt });
    },
    revokeLink: (_, linkId) => {
      links.delete(linkId);
      return Promise.resolve();
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- it rejects
    preview: async (secret) => {
      const conversationId = follow(secret);
      const { name = "", members } = stateOf(conversationId).getSnapshot();
      return { conversationId, name, members: members.length };
    },
  };
}
