import { type Locale, words } from "./words.ts";

/** What a push says, as far as it is shown. */
export interface Payload {
  readonly conversationId: string;
  readonly name: string;
  readonly text: string;
  readonly mentioned: boolean;
}

/** Takes what was pushed; undefined where it is nothing of ours. */
export function parsePayload(text: string | undefined): Payload | undefined {
  let raw: unknown;
  try {
    raw = JSON.parse(text ?? "null");
  } catch {
    return undefined;
  }
  if (typeof raw !== "object" || raw === null) return undefined;
  const { conversationId, name, text: said, mentioned } = raw as Record<string, unknown>;
  if (typeof conversationId !== "string") return undefined;
  return {
    conversationId,
    name: typeof name === "string" ? name : "",
    text: typeof said === "string" ? said : "",
    mentioned: mentioned === true,
  };
}

/** The title and the words under it. */
export function wording(payload: Payload, locale: Locale): { title: string; body: string } {
  const { message, mention, somebody } = words[locale];
  return {
    title: payload.name || somebody,
    body: payload.text || (payload.mentioned ? mention : message),
  };
}
