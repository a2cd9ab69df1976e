import type { Hit } from "@aizuchi/sdk";
import { useMemo } from "react";
import { useI18n } from "../i18n/index.tsx";
import { isRoom } from "../rooms/isRoom.ts";
import { useNames } from "../rooms/useNames.ts";
import { useWords as useRoomWords } from "../rooms/words.ts";
import { useClient, useObservable } from "../state/context.tsx";
import { nameOf } from "../state/people.ts";

const NOBODY = [] as const;

/** What a message that was found is told with: where it is, and whose. */
export function useNamed({ conversationId, fromSub }: Hit): {
  title: string;
  picture: string;
  author: string;
  room: boolean;
} {
  const { t } = useI18n();
  const words = useRoomWords();
  const client = useClient();
  const { items } = useObservable(client.conversations);
  const summary = items.find(({ id }) => id === conversationId);
  const authors = useMemo(() => [{ fromSub }], [fromSub]);
  const nameOfSub = useNames(summary?.members ?? NOBODY, authors);
  const room = isRoom(conversationId);
  const { partner } = summary ?? client.conversation(conversationId).getSnapshot();
  return {
    title: room ? (summary?.name ?? words.unnamed) : nameOf(partner, t),
    picture: room ? conversationId : (partner?.sub ?? conversationId),
    author: nameOfSub(fromSub),
    room,
  };
}
