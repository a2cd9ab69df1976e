import type { Conversation, ConversationState } from "@aizuchi/sdk";
import { useLayoutEffect, useState } from "react";
import { useObservable } from "../state/context.tsx";

/**
 * The state of a conversation from the moment it is observed, and nothing before. Where reading
 * left off is told only then, and the messages must not be shown, and so be read, without it. The
 * moment comes before the first paint.
 */
export function useConversation(conversation: Conversation): ConversationState | undefined {
  const state = useObservable(conversation);
  const [observed, setObserved] = useState<Conversation>();

  useLayoutEffect(() => {
    const stop = conversation.subscribe(() => undefined);
    // eslint-disable-next-line react-hooks/set-state-in-effect -- it must render anew before the paint
    setObserved(conversation);
    return stop;
  }, [conversation]);

  return observed === conversation ? state : undefined;
}
