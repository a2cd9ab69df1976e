import {
  AizuchiError,
  type ConversationState,
  type Person,
  type Role,
  type RoomLink,
  type Rooms,
} from "@aizuchi/sdk";
import type { Cell } from "../src/state/cell.ts";
import type { FakeRoom } from "./fakeWorld.ts";

interface Around {
  readonly self: Person;
  readonly people: ReadonlyMap<string, Person>;
  readonly stateOf: (id: string) => Cell<ConversationState>;
  readonly change: (id: string, change: Partial<ConversationState>) => void;
  readonly rooms: readonly FakeRoom[];
}

const WEEK = 7 * 86_400;

/** The secret of a link that leads into a room that one is not in. */
export const OPEN = "a-link-that-is-good";

/** Rooms without a server. */
export function fakeRooms({ self, people, stateOf, change, rooms }: Around): Rooms {
  const membersOf = (id: string): readonly Person[] => stateOf(id).getSnapshot().members;
  const setMembers = (id: string, members: readonly Person[]): void => {
    change(id, { members, memberCount: members.length });
  };
  const found = (subs: readonly string[]): Person[] => subs.flatMap((sub) => people.get(sub) ?? []);
  const roles = new Map<string, Role>();
  for (const room of rooms) {
    for (const [sub, role] of Object.entries(room.roles ?? {}))
      roles.set(`${room.id} ${sub}`, role);
  }
  const roleOf = (id: string, sub: string): Role =>
    sub === self.sub
      ? (stateOf(id).getSnapshot().role ?? "member")
      : (roles.get(`${id} ${sub}`) ?? "member");
  let links: RoomLink[] = [];
  let made = 0;
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
    setRole: (id, sub, role) => {
      if (sub === self.sub) change(id, { role });
      else roles.set(`${id} ${sub}`, role);
      return Promise.resolve();
    },
    members: (id) => {
      const reads = rooms.find((room) => room.id === id)?.reads ?? {};
      return Promise.resolve({
        members: membersOf(id).map((member) => ({
          ...member,
          role: roleOf(id, member.sub),
          read: reads[member.sub] ?? 0,
        })),
      });
    },
    links: () => Promise.resolve(links),
    createLink: (_, { expiresInSeconds = WEEK } = {}) => {
      const linkId = `link-${++made}`;
      const expiresAt = Date.now() + expiresInSeconds * 1_000;
      links = [...links, { linkId, createdBy: self.sub, createdAt: Date.now(), expiresAt }];
      return Promise.resolve({ linkId, secret: OPEN, expiresAt });
    },
    revokeLink: (_, linkId) => {
      links = links.filter((link) => link.linkId !== linkId);
      return Promise.resolve();
    },
    preview: (secret) =>
      secret === OPEN
        ? Promise.resolve({ conversationId: "r:open", name: "Tea and paper", members: 12 })
        : Promise.reject(new AizuchiError({ code: "not_found", error: "There is no such link." })),
    join: () => {
      change("r:open", { name: "Tea and paper", role: "member" });
      setMembers("r:open", [self]);
      return Promise.resolve("r:open");
    },
  };
}
