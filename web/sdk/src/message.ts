import type { Message as Told } from "./generated/wire.ts";

/** A message of the log. A server that knows edits and deletions folds them in. */
export interface Message extends Told {
  readonly editedAt?: number;
  readonly deleted?: boolean;
}
