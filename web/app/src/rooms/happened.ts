import type { MessageView } from "@aizuchi/sdk";
import type { RoomWords } from "./words.ts";

/** What happened to a room, in a sentence. `nameOf` names a person by the id. */
export function happened(
  { change, fromSub }: MessageView,
  nameOf: (sub: string) => string,
  words: RoomWords,
): string {
  const who = nameOf(fromSub);
  switch (change?.type) {
    case "created":
      return words.created(who, change.name);
    case "invited":
      return words.invited(who, words.list.format(change.members.map(({ sub }) => nameOf(sub))));
    case "joined":
      return words.joined(who);
    case "left":
      return words.left(who);
    case "removed":
      return words.removed(who, nameOf(change.sub));
    case "renamed":
      return words.renamed(who, change.name);
    case "role":
      return Object.hasOwn(words.roles, change.role)
        ? words.roles[change.role](who, nameOf(change.sub))
        : words.changed(who);
    default:
      return words.changed(who);
  }
}
