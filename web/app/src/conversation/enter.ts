/** What of a key press decides whether it sends. */
interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly keyCode: number;
  readonly isComposing: boolean;
}

/** The key code of every press that an input method takes for itself. */
const TAKEN_BY_INPUT_METHOD = 229;

/**
 * Whether a key press in the composer sends the message. An Enter that ends a
 * composition belongs to the input method: most browsers say so by
 * `isComposing`, and Safari, where the composition is over by then, by the key
 * code alone.
 */
export function sends(press: KeyPress): boolean {
  if (press.key !== "Enter" || press.shiftKey) return false;
  return !press.isComposing && press.keyCode !== TAKEN_BY_INPUT_METHOD;
}

/** Whether a key press is an Enter that no input method takes, with Shift or without. */
export function enters({
  key,
  keyCode,
  nativeEvent,
}: {
  readonly key: string;
  readonly keyCode: number;
  readonly nativeEvent: { readonly isComposing: boolean };
}): boolean {
  return sends({ key, keyCode, shiftKey: false, isComposing: nativeEvent.isComposing });
}
