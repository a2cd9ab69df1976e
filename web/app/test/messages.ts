import type { MessageView } from "@aizuchi/sdk";

let made = 0;

/** A message of somebody, with what a test does not care about filled in. */
export function message(fromSub: string, change: Partial<MessageView> = {}): MessageView {
  made += 1;
  return {
    key: `message-${made}`,
    seq: made,
    fromSub,
    text: `text ${made}`,
    timestamp: new Date(2024, 4, 17, 12).getTime(),
    state: "sent",
    ...change,
  };
}
