import type { Conversation, ConversationState, Observable, Place, PlaceState } from "@aizuchi/sdk";
import { useEffect, useMemo, useState } from "react";
import { jumps } from "../search/jump.ts";
import { useObservable } from "../state/context.tsx";

/** How long a message that was found stands out, in milliseconds. */
const STANDS_OUT = 2_500;

const nowhere: Observable<undefined> = {
  subscribe: () => () => undefined,
  getSnapshot: () => undefined,
};

interface Placed {
  /** Undefined at the end of the conversation. */
  place: Place | undefined;
  /** What is to be shown. */
  view: PlaceState;
  /** Another one for each place that is gone to. */
  visit: string;
  /** The message that was gone to stands out. */
  flashing: boolean;
}

/** What of a conversation is looked at: what lies around a message, or else its end. */
export function usePlace(
  conversation: Conversation,
  state: ConversationState,
  at: number | undefined,
): Placed {
  const count = useObservable(jumps);
  const visit = at === undefined ? "" : `${at} ${count}`;
  const place = useMemo(
    () => (at === undefined ? undefined : conversation.around(at)),
    [conversation, at],
  );
  const placed = useObservable<PlaceState | undefined>(place ?? nowhere);
  const there = placed?.messages.some(({ seq }) => seq === at) ?? false;
  const [flashed, setFlashed] = useState("");

  useEffect(() => {
    if (!there) return;
    const timer = setTimeout(() => {
      setFlashed(visit);
    }, STANDS_OUT);
    return () => {
      clearTimeout(timer);
    };
  }, [there, visit]);

  const { messages, loading, hasOlder, error } = state;
  return {
    place,
    view: placed ?? { messages, loading, hasOlder, hasNewer: false, ...(error && { error }) },
    visit,
    flashing: there && flashed !== visit,
  };
}
