import type { ConversationState, Person, Rooms } from "@aizuchi/sdk";
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
  };
}
