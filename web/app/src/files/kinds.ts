import type { Attachment, MessageView } from "@aizuchi/sdk";
import { unmarked } from "../conversation/format.ts";
import type { FileWords } from "./words.ts";

/** How many files go with one message. */
export const MAX_FILES = 10;

/** What browsers show without running anything in it. */
const SHOWN = new Set(["image/jpeg", "image/png", "image/gif", "image/webp"]);

/** Whether a file that a person picked can be shown before it is sent. */
export function isShowable({ type }: { readonly type: string }): boolean {
  return SHOWN.has(type);
}

export interface Picture extends Attachment {
  readonly width: number;
  readonly height: number;
}

/** Whether a file is a picture to show in place: only those that the server measured are. */
export function isPicture(file: Attachment): file is Picture {
  const { mediaType, width = 0, height = 0 } = file;
  return SHOWN.has(mediaType) && width > 0 && height > 0;
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** A size in a few characters. */
export function sizeText(bytes: number, locale: string): string {
  let unit = 0;
  let size = bytes;
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: UNITS[unit],
    unitDisplay: unit === 0 ? "long" : "short",
    maximumFractionDigits: size < 10 && unit > 0 ? 1 : 0,
  }).format(size);
}

/** What kind of file it is, in a word: the ending of its name. */
export function kindOf(name: string, words: FileWords): string {
  const ending = /\.([\p{L}\p{N}]{1,8})$/u.exec(name)?.[1];
  return ending === undefined ? words.file : ending.toUpperCase();
}

/** A message in one line: its words, or what came without any. */
export function lineOf(
  { text, attachments = [] }: Pick<MessageView, "text" | "attachments">,
  words: FileWords,
): string {
  const [first] = attachments;
  if (text !== "" || !first) return unmarked(text);
  const pictures = attachments.filter(isPicture).length;
  if (attachments.length > 1) {
    return pictures === attachments.length
      ? words.pictures(pictures)
      : words.files(attachments.length);
  }
  return pictures === 1 ? words.picture : first.name;
}
