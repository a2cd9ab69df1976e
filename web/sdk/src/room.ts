import type { Person } from "./api.ts";
import type { KeptConversation } from "./archive.ts";
import type { Conversation as Told, Role } from "./generated/wire.ts";
import type { Message } from "./message.ts";

/** Of a room, so many members are named. */
const NAMED = 8;

/** What a room is called, who is in it and what one is in it. Never changed: a new one takes its place. */
export interface Room {
  readonly name?: string;
  readonly memberCount?: number;
  readonly role?: Role;
}

export function isRoom(id: string): boolean {
  return id.startsWith("r:");
}

export function roomOf({ name, memberCount, role }: Told | KeptConversation | Room): Room {
  return {
    ...(name === undefined ? {} : { name }),
    ...(memberCount === undefined ? {} : { memberCount }),
    ...(role === undefined ? {} : { role }),
  };
}

/** A room and its members as what happened leaves them. */
export function changed(
  room: Room,
  members: readonly Person[],
  { change, fromSub }: Message,
  self: string,
): { readonly room: Room; readonly members: readonly Person[] } {
  const { memberCount = 0 } = room;
  const without = (sub: string): { room: Room; members: readonly Person[] } => {
    const left = { ...room, memberCount: Math.max(memberCount - 1, 0) };
    const { role: _, ...gone } = left;
    return { room: sub === self ? gone : left, members: members.filter((one) => one.sub !== sub) };
  };
  switch (change?.type) {
    case "created":
      return { room: { ...room, name: change.name }, members };
    case "renamed":
      return { room: { ...room, name: change.name }, members };
    case "invited":
    case "joined": {
      const known = new Set(members.map(({ sub }) => sub));
      const fresh = change.members.filter(({ sub }) => !known.has(sub));
      const back = room.role === undefined && fresh.some(({ sub }) => sub === self);
      return {
        room: {
          ...room,
          memberCount: memberCount + fresh.length,
          ...(back ? { role: "member" } : {}),
        },
        members: [...members, ...fresh].slice(0, NAMED),
      };
    }
    case "left":
      return without(fromSub);
    case "removed":
      return without(change.sub);
    case "role":
      return { room: change.sub === self ? { ...room, role: change.role } : room, members };
    default:
      return { room, members };
  }
}

/** How far all but oneself have read. */
export function readByAll(
  members: readonly Person[],
  { memberCount = 0 }: Room,
  reads: Readonly<Record<string, number>>,
  self: string,
): number {
  const others = new Set(members.map(({ sub }) => sub));
  // Of a room, not all need be named: those who are not have a cursor, or have not read.
  if (memberCount > others.size) for (const sub of Object.keys(reads)) others.add(sub);
  if (memberCount > others.size) return 0;
  others.delete(self);
  if (others.size === 0) return 0;
  return Math.min(...[...others].map((sub) => reads[sub] ?? 0));
}

export function samePeople(some: readonly Person[], others: readonly Person[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ sub, username }, i) => {
      const other = others[i];
      return sub === other?.sub && username === other.username;
    })
  );
}
