/** Places a value of a logarithmic domain in a range. */
export type Scale = (value: number) => number;

export function logScale(
  domain: readonly [number, number],
  range: readonly [number, number],
): Scale {
  const [from, to] = [Math.log10(domain[0]), Math.log10(domain[1])];
  return (value) => range[0] + ((Math.log10(value) - from) / (to - from)) * (range[1] - range[0]);
}

/** The powers of ten from one number to another, both included. */
export function decades(from: number, to: number): number[] {
  const [low, high] = [Math.ceil(Math.log10(from) - 1e-9), Math.floor(Math.log10(to) + 1e-9)];
  return Array.from({ length: Math.max(0, high - low + 1) }, (_, i) => 10 ** (low + i));
}

/** The powers of ten around all values above nothing; a decade at least. */
export function around(values: readonly number[]): [number, number] {
  const some = values.filter((value) => value > 0);
  const low = 10 ** Math.floor(Math.log10(Math.min(...some, 1e6)));
  const high = 10 ** Math.ceil(Math.log10(Math.max(...some, 1e-6)));
  return high > low ? [low, high] : [low, low * 10];
}

/** Moves labels apart so that none is nearer than `gap` to another, in their order, below `bottom`. */
export function spread(places: readonly number[], gap: number, bottom: number): number[] {
  const order = places.map((_, i) => i).sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0));
  const spread = [...places];
  let least = -Infinity;
  for (const i of order) {
    spread[i] = Math.max(spread[i] ?? 0, least);
    least = spread[i] + gap;
  }
  let most = bottom;
  for (const i of order.reverse()) {
    spread[i] = Math.min(spread[i] ?? 0, most);
    most = spread[i] - gap;
  }
  return spread;
}

/** A curve's value between its points, as straight as the scales draw it. */
export function valueAt(
  users: readonly number[],
  usd: readonly (number | null)[],
  at: number,
): number | undefined {
  const right = users.findIndex((value) => value >= at);
  if (right < 0) return undefined;
  const after = usd[right];
  if (after === null || after === undefined || after <= 0) return undefined;
  const [x1, x0] = [users[right] ?? at, users[right - 1]];
  const before = usd[right - 1];
  if (x1 === at) return after;
  if (x0 === undefined || before === null || before === undefined || before <= 0) return undefined;
  const part = (Math.log(at) - Math.log(x0)) / (Math.log(x1) - Math.log(x0));
  return Math.exp(Math.log(before) + part * (Math.log(after) - Math.log(before)));
}
