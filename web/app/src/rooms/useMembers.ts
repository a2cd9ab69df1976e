import type { RoomMember, Rooms } from "@aizuchi/sdk";
import { useEffect, useState } from "react";
import { useClient, useObservable } from "../state/context.tsx";

interface Members {
  /** Undefined until they are known. */
  members: readonly RoomMember[] | undefined;
  /** Why the last look failed. */
  problem: unknown;
  /** Looks again. */
  again: () => void;
}

/** Who is in a room. Looked up anew with each `version`, and when the connection is back. */
export function useMembers(id: string, version: number): Members {
  const { rooms, connection } = useClient();
  const online = useObservable(connection).status === "online";
  const [found, setFound] = useState<Omit<Members, "again">>({
    members: undefined,
    problem: undefined,
  });
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let over = false;
    all(rooms, id).then(
      (members) => {
        if (!over) setFound({ members, problem: undefined });
      },
      (problem: unknown) => {
        if (!over) setFound(({ members }) => ({ members, problem }));
      },
    );
    return () => {
      over = true;
    };
  }, [rooms, id, version, online, attempt]);

  return {
    ...found,
    again: () => {
      setAttempt(attempt + 1);
    },
  };
}

/** Every page of them. */
async function all(rooms: Rooms, id: string): Promise<RoomMember[]> {
  const found: RoomMember[] = [];
  let cursor: string | undefined;
  do {
    const page = await rooms.members(id, cursor === undefined ? {} : { cursor });
    found.push(...page.members);
    ({ cursor } = page);
  } while (cursor !== undefined);
  return found;
}
