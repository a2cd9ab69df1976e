import type { ConversationState, MessageView, Place, PlaceState } from "@aizuchi/sdk";
import { type Cell, cell } from "../src/state/cell.ts";

/** How many messages come with each load. */
const PAGE = 20;

/** A place in a conversation of the fake, of which `history` is all. */
export function fakePlace(
  conversation: Cell<ConversationState>,
  history: readonly MessageView[],
  seq: number,
): Place {
  const { messages: held, hasOlder } = conversation.getSnapshot();
  if (held.some((message) => message.seq === seq)) {
    return {
      ...cell<PlaceState>({ messages: held, loading: false, hasOlder, hasNewer: false }),
      loadOlder: () => Promise.resolve(),
      loadNewer: () => Promise.resolve(),
    };
  }
  let from = Math.max(0, seq - PAGE);
  let to = Math.min(history.length, seq + PAGE);
  const look = (): PlaceState => ({
    messages: history.slice(from, to),
    loading: false,
    hasOlder: from > 0,
    hasNewer: to < history.length,
  });
  const state = cell(look());
  return {
    ...state,
    loadOlder: () => {
      from = Math.max(0, from - PAGE);
      state.set(look());
      return Promise.resolve();
    },
    loadNewer: () => {
      to = Math.min(history.length, to + PAGE);
      state.set(look());
      return Promise.resolve();
    },
  };
}
