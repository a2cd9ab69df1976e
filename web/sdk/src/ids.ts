const utf8 = new TextEncoder();

/** Orders strings by their UTF-8 bytes, as the server does. */
export function compareBytes(a: string, b: string): number {
  const left = utf8.encode(a);
  const right = utf8.encode(b);
  const shared = Math.min(left.length, right.length);
  for (let i = 0; i < shared; i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** The size of `text` in UTF-8. */
export function byteLength(text: string): number {
  return utf8.encode(text).length;
}

/** The id of the direct conversation of two people, the same whichever is named first. */
export function conversationIdOf(a: string, b: string): string {
  const [smaller, larger] = compareBytes(a, b) <= 0 ? [a, b] : [b, a];
  return `d:${encodeURIComponent(smaller)}:${encodeURIComponent(larger)}`;
}

/** The other one of the direct conversation `id`, or undefined where `id` is none of `self`. */
export function partnerIn(id: string, self: string): string | undefined {
  const [kind, ...halves] = id.split(":");
  if (kind !== "d" || halves.length !== 2) return undefined;
  try {
    const [a, b] = halves.map(decodeURIComponent);
    if (a === self) return b;
    return b === self ? a : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Makes UUIDv7s that grow strictly, even within a millisecond and when the clock steps back: the
 * outbox relies on their order being the order of sending.
 */
export function uuidSource(now: () => number, random: () => number): () => string {
  let time = 0;
  let counter = 0;
  const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, "0");
  return () => {
    const ms = now();
    if (ms > time) {
      time = ms;
      counter = 0;
    } else if (++counter > 0xfff) {
      time += 1;
      counter = 0;
    }
    const t = hex(time, 12);
    const variant = hex(0x8000 | Math.floor(random() * 0x4000), 4);
    const tail = hex(Math.floor(random() * 2 ** 48), 12);
    return `${t.slice(0, 8)}-${t.slice(8)}-7${hex(counter, 3)}-${variant}-${tail}`;
  };
}
