import type { MessageView } from "@aizuchi/sdk";
import { isPicture, type Picture } from "./kinds.ts";

/** A picture and what is told of it. */
export interface Exhibit {
  readonly picture: Picture;
  readonly by: string;
  readonly at: number;
}

/** The pictures of messages, the oldest first. */
export function exhibitsOf(
  messages: readonly MessageView[],
  nameOf: (sub: string) => string,
): Exhibit[] {
  return messages.flatMap(({ attachments = [], fromSub, timestamp }) =>
    attachments
      .filter(isPicture)
      .map((picture) => ({ picture, by: nameOf(fromSub), at: timestamp })),
  );
}
