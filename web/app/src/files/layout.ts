import type { Picture } from "./kinds.ts";

/** The largest that a picture is shown in a conversation, in pixels. */
const WIDEST = 340;
const TALLEST = 380;
/** The smallest: there is a time to stand in it. */
const NARROWEST = 140;
const LOWEST = 96;

export interface Layout {
  /** Of the bubble, in pixels, where there is room. */
  readonly width: number;
  /** Of width to height; what is beyond it of a picture is not shown in the conversation. */
  readonly ratio: number;
  readonly columns: number;
}

/** How large pictures stand in a bubble: known before they are here, so that nothing shifts. */
export function layoutOf(pictures: readonly Pick<Picture, "width" | "height">[]): Layout {
  const [first] = pictures;
  if (pictures.length !== 1 || !first) {
    return { width: WIDEST, ratio: 1, columns: pictures.length > 4 ? 3 : 2 };
  }
  const scale = Math.min(1, WIDEST / first.width, TALLEST / first.height);
  const width = Math.max(NARROWEST, Math.round(first.width * scale));
  const height = Math.max(LOWEST, Math.round(first.height * scale));
  return { width, ratio: width / height, columns: 1 };
}
