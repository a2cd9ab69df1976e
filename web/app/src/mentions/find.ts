import type { Person } from "@aizuchi/sdk";

/** How many are offered at once. */
const OFFERED = 8;

/** A mention that is being written: where its `@` is, and what follows that. */
export interface Begun {
  readonly from: number;
  readonly to: number;
  readonly query: string;
}

/** The mention that ends at the caret, if there is one. */
export function begunAt(text: string, caret: number): Begun | undefined {
  // After a Latin letter it is an address; Japanese goes on without a space.
  const match = /(?<![\w.-])[@＠]([\p{L}\p{N}\p{M}._ー-]{0,64})$/u.exec(text.slice(0, caret));
  if (!match) return undefined;
  return { from: match.index, to: caret, query: match[1] ?? "" };
}

/** Those whose names fit, the ones that begin so first. */
export function offered(people: readonly Person[], query: string): Person[] {
  const plain = (text: string): string => text.normalize("NFKC").toLowerCase();
  const wanted = plain(query);
  const rank = ({ username }: Person): number => {
    const at = plain(username).indexOf(wanted);
    return at < 0 ? Infinity : at === 0 ? 0 : 1;
  };
  return people
    .filter((person) => person.username !== "" && rank(person) < Infinity)
    .sort((a, b) => rank(a) - rank(b) || a.username.localeCompare(b.username))
    .slice(0, OFFERED);
}

/** A text with the mention written out, and where the caret is then. */
export function completed(
  text: string,
  begun: Begun,
  name: string,
): { text: string; caret: number } {
  const rest = text.slice(begun.to);
  const written = `@${name}${/^\s/.test(rest) ? "" : " "}`;
  const caret = begun.from + written.length + (/^\s/.test(rest) ? 1 : 0);
  return { text: text.slice(0, begun.from) + written + rest, caret };
}
