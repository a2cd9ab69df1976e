import type { RoomWords } from "./words.ts";

/** The longest name of a room, in bytes. */
const MOST = 128;

/** What is wrong with a name for a room, if anything. */
export function nameProblem(name: string, words: RoomWords): string | undefined {
  const text = name.trim();
  if (text === "") return words.nameEmpty;
  return new TextEncoder().encode(text).length > MOST ? words.nameLong : undefined;
}
