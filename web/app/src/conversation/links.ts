import { LinkifyIt } from "linkify-it";

/** A stretch of a message: words, or a link with where it leads. */
export interface Piece {
  readonly text: string;
  readonly href?: string;
}

// Links run on in Japanese text without a space after them, and linkify would
// take the words that follow as part of the path. No address as browsers copy
// it holds these characters, so they end it.
const JAPANESE = /([\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]+)/;

const SCHEMES = new Set(["http:", "https:", "mailto:"]);

const linkify = new LinkifyIt({ fuzzyLink: true, fuzzyEmail: true });

/** Cuts a text at its links. Every character stays, in order; only web and mail links count. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  for (const stretch of text.split(JAPANESE)) {
    let done = 0;
    for (const match of linkify.match(stretch) ?? []) {
      const href = safeHref(match.url, match.schema);
      if (href === undefined) continue;
      append(pieces, stretch.slice(done, match.index));
      pieces.push({ text: stretch.slice(match.index, match.lastIndex), href });
      done = match.lastIndex;
    }
    append(pieces, stretch.slice(done));
  }
  return pieces;
}

/** The address to open, or undefined where it is no web or mail address. */
function safeHref(url: string, schema: string): string | undefined {
  // An address written without its scheme is nowadays most likely https.
  const written = schema === "" ? url.replace(/^http:/, "https:") : url;
  if (!URL.canParse(written)) return undefined;
  const { protocol, href } = new URL(written);
  return SCHEMES.has(protocol) ? href : undefined;
}

/** Adds words, to the words before them where there are any. */
function append(pieces: Piece[], text: string): void {
  if (text === "") return;
  const last = pieces.at(-1);
  if (last && last.href === undefined) pieces[pieces.length - 1] = { text: last.text + text };
  else pieces.push({ text });
}
