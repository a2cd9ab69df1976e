import type { MessageView } from "@aizuchi/sdk";
import { dayKey } from "../i18n/dates.ts";

/** How far apart in time two messages of one person still belong together, in milliseconds. */
const TOGETHER = 5 * 60_000;

/**
 * A message with what surrounds it. Dividers belong to the message below them
 * instead of being rows: so older messages above change no other row's place.
 */
export interface Row {
  readonly message: MessageView;
  readonly mine: boolean;
  /** A day begins with this message. */
  readonly startsDay: boolean;
  /** The unread ones begin with this message. */
  readonly startsUnread: boolean;
  /** The first, or the last, of one person's messages in a row. */
  readonly startsGroup: boolean;
  readonly endsGroup: boolean;
}

/** Lays out messages, oldest first, for the eyes of `self`. */
export function timeline(
  messages: readonly MessageView[],
  self: string,
  firstUnreadSeq: number | undefined,
): Row[] {
  const begins = messages.map((message, index) => {
    const previous = messages[index - 1];
    const startsDay =
      previous === undefined || dayKey(previous.timestamp) !== dayKey(message.timestamp);
    const startsUnread = message.seq !== undefined && message.seq === firstUnreadSeq;
    const startsGroup =
      startsDay ||
      startsUnread ||
      previous.fromSub !== message.fromSub ||
      // What happened to a room stands by itself.
      previous.change !== undefined ||
      message.change !== undefined ||
      message.timestamp - previous.timestamp > TOGETHER;
    return { startsDay, startsUnread, startsGroup };
  });
  return messages.map((message, index) => ({
    message,
    mine: message.fromSub === self,
    startsDay: begins[index]?.startsDay ?? true,
    startsUnread: begins[index]?.startsUnread ?? false,
    startsGroup: begins[index]?.startsGroup ?? true,
    endsGroup: begins[index + 1]?.startsGroup ?? true,
  }));
}

/** Whether `next` is `previous` with rows added above it and none below. */
export function grewAbove(previous: readonly Row[], next: readonly Row[]): boolean {
  const [first] = previous;
  if (first === undefined || next.length <= previous.length) return false;
  return (
    next[next.length - previous.length]?.message.key === first.message.key &&
    next[0]?.message.key !== first.message.key
  );
}

/** The seq of the newest message before row `end`; what is still on its way has none. */
export function newestSeq(rows: readonly Row[], end: number): number | undefined {
  for (let index = end - 1; index >= 0; index -= 1) {
    const seq = rows[index]?.message.seq;
    if (seq !== undefined) return seq;
  }
  return undefined;
}
