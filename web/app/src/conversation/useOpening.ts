import type { Conversation, ConversationState } from "@aizuchi/sdk";
import { useEffect, useState } from "react";

/** How many messages are loaded at most to find where reading left off. */
const ENOUGH = 200;

/**
 * Whether a conversation is still being opened: its newest messages are on their way, or those down
 * to the first unread one. Once it is open it stays so.
 */
export function useOpening(conversation: Conversation, state: ConversationState): boolean {
  const { messages, loading, hasOlder, unread, firstUnreadSeq, error } = state;
  const [opened, setOpened] = useState(false);
  const searching =
    unread > 0 && firstUnreadSeq === undefined && hasOlder && messages.length < ENOUGH;
  const waiting = messages.length === 0 ? loading || hasOlder : searching && !error;
  if (!opened && !waiting) setOpened(true);

  const further = !opened && searching && !loading && !error && messages.length > 0;
  useEffect(() => {
    if (further) void conversation.loadOlder();
  }, [conversation, further, messages.length]);

  return !opened && waiting;
}
