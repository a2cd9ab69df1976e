import type { ConversationState, Person } from "@aizuchi/sdk";
import { useEffect, useMemo, useState } from "react";
import { useClient } from "../state/context.tsx";

/** Who of the largest rooms is asked for, a page at a time. */
const PAGES = 10;

/** Who may be mentioned. Of a large room all are asked for once they are `wanted`. */
export function usePeople(
  id: string,
  { members, memberCount = 0 }: Pick<ConversationState, "members" | "memberCount">,
  wanted: boolean,
): readonly Person[] {
  const { rooms, self } = useClient();
  const [asked, setAsked] = useState<readonly Person[]>([]);
  const many = wanted && memberCount > members.length;

  useEffect(() => {
    if (!many) return;
    const asking = new AbortController();
    const ask = async (): Promise<void> => {
      const found: Person[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < PAGES; page++) {
        const answer = await rooms.members(id, cursor === undefined ? {} : { cursor });
        if (asking.signal.aborted) break;
        found.push(...answer.members);
        setAsked([...found]);
        cursor = answer.cursor;
        if (cursor === undefined) break;
      }
    };
    // Without an answer there are those who are known.
    ask().catch(() => undefined);
    return () => {
      asking.abort();
    };
  }, [rooms, id, many]);

  return useMemo(() => {
    const people = new Map([...members, ...asked].map((person) => [person.sub, person]));
    people.delete(self.sub);
    return [...people.values()].filter(({ username }) => username !== "");
  }, [members, asked, self.sub]);
}
