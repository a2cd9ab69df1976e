import { piecesOf } from "./links.ts";

/** A stretch of a message, and how it reads. */
export type Piece =
  | { readonly kind: "text" | "code" | "block"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string }
  | { readonly kind: "mention"; readonly text: string; readonly sub: string }
  | { readonly kind: "bold"; readonly pieces: readonly Piece[] };

/** Somebody whom a message mentions, by the name that stands in it. */
export interface Named {
  readonly sub: string;
  readonly username: string;
}

// ```blocks```, `code` and **bold**. Stars beside a Latin letter or a digit are no bold: they
// multiply. Japanese has no spaces to go by.
const MARKS =
  /```(?:[\w+-]*\n)?([^]+?)\n?```\n?|`([^`\n]+)`|(?<![\w*])\*\*(?=[^\s*])([^\n]*?[^\s*])\*\*(?![\w*])/g;

/** Cuts a text at what is marked in it. Marks that close nothing are text; nothing is ever markup. */
export function formatted(text: string, mentioned: readonly Named[] = []): Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  for (const match of text.matchAll(MARKS)) {
    const [all, block, code, bold] = match;
    pieces.push(...plain(text.slice(done, match.index), mentioned));
    if (block !== undefined) pieces.push({ kind: "block", text: block });
    else if (code !== undefined) pieces.push({ kind: "code", text: code });
    else pieces.push({ kind: "bold", pieces: formatted(bold ?? "", mentioned) });
    done = match.index + all.length;
  }
  pieces.push(...plain(text.slice(done), mentioned));
  return pieces;
}

/** The words of a text without its marks, for where it stands in one line. */
export function unmarked(text: string): string {
  const words = (piece: Piece): string =>
    piece.kind === "bold" ? piece.pieces.map(words).join("") : piece.text;
  return text.includes("`") || text.includes("**") ? formatted(text).map(words).join("") : text;
}

/** Links and mentions. */
function plain(text: string, mentioned: readonly Named[]): Piece[] {
  return piecesOf(text).flatMap((piece): Piece[] =>
    piece.href === undefined
      ? mentionsIn(piece.text, mentioned)
      : [{ kind: "link", text: piece.text, href: piece.href }],
  );
}

function mentionsIn(text: string, mentioned: readonly Named[]): Piece[] {
  const pieces: Piece[] = [];
  let done = 0;
  for (const { from, to, sub } of mentionsOf(text, mentioned)) {
    if (from > done) pieces.push({ kind: "text", text: text.slice(done, from) });
    pieces.push({ kind: "mention", text: text.slice(from, to), sub });
    done = to;
  }
  if (done < text.length) pieces.push({ kind: "text", text: text.slice(done) });
  return pieces;
}

/** Where `text` mentions one of `people`. Of several names that fit, the longest is meant. */
export function mentionsOf(
  text: string,
  people: readonly Named[],
): { from: number; to: number; sub: string }[] {
  const found: { from: number; to: number; sub: string }[] = [];
  if (people.length === 0) return found;
  const longestFirst = [...people].sort((a, b) => b.username.length - a.username.length);
  // Part of an address of mail is no mention.
  for (const { index } of text.matchAll(/(?<![\w.-])[@＠]/g)) {
    const from = index + 1;
    const meant = longestFirst.find(
      ({ username }) =>
        username !== "" &&
        same(text.slice(from, from + username.length), username) &&
        ends(username, text.slice(from + username.length)),
    );
    if (meant) found.push({ from: index, to: from + meant.username.length, sub: meant.sub });
  }
  return found;
}

function same(one: string, other: string): boolean {
  return (
    one === other || one.normalize("NFKC").toLowerCase() === other.normalize("NFKC").toLowerCase()
  );
}

/** Whether a name is over where the text goes on as it does. A dot may end the sentence. */
function ends(name: string, rest: string): boolean {
  return !/[\w-]$/.test(name) || !/^([\w-]|\.[\w-])/.test(rest);
}
