import type { ConversationState } from "@aizuchi/sdk";

/** The other one of a conversation, as far as known: his name may still be on its way. */
export function partnerOf(
  id: string,
  { partner, members }: ConversationState,
  self: string,
): { readonly sub: string; readonly username?: string } {
  return partner ?? members.find((member) => member.sub !== self) ?? { sub: id };
}
