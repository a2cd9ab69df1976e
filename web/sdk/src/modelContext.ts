import type { Person } from "./api.ts";
import type { ConversationModel } from "./model.ts";
import type { Unsent } from "./unsent.ts";

/** What the models of all conversations share. */
export interface ModelContext {
  readonly self: Person;
  readonly unsent: (conversationId: string) => readonly Unsent[];
  /** What waits to be done to messages. */
  readonly acts: (conversationId: string) => readonly Unsent[];
  readonly setTimer: (run: () => void, ms: number) => () => void;
  /** Whether every conversation that the server knows has been told of. */
  readonly settled: () => boolean;
  /** Whether this page has been told all that is new, once. */
  readonly synced: () => boolean;
  /** The conversation came into view: its newest page is wanted. */
  readonly onObserved: (model: ConversationModel) => void;
  readonly onChange: (model: ConversationModel) => void;
}

/** Whether the entries up to the end that a summary names follow it by themselves. */
export type Entries = "follow" | "absent";
