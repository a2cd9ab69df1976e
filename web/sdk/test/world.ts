interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** Time and chance of a test, both in its hands. */
export class World {
  readonly random: () => number;
  #now = 1_700_000_000_000;
  /** Soonest first; of those due at once, the one set first. */
  readonly #timers: Timer[] = [];

  constructor(seed = 1) {
    this.random = seeded(seed);
  }

  readonly now = (): number => this.#now;

  readonly setTimer = (run: () => void, ms: number): (() => void) => {
    const timer = { at: this.#now + Math.max(0, ms), run };
    const later = this.#timers.findIndex(({ at }) => at > timer.at);
    this.#timers.splice(later < 0 ? this.#timers.length : later, 0, timer);
    return () => {
      const index = this.#timers.indexOf(timer);
      if (index >= 0) this.#timers.splice(index, 1);
    };
  };

  /** Lets `ms` pass: every timer that is due runs, in order, with its promises. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (let next = this.#timers[0]; next && next.at <= end; next = this.#timers[0]) {
      this.#timers.shift();
      this.#now = next.at;
      next.run();
      await settle();
    }
    this.#now = end;
  }

  /** A whole number below `limit`. */
  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  chance(probability: number): boolean {
    return this.random() < probability;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }
}

/** Lets promises that wait for nothing but each other come true. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 12; i++) await Promise.resolve();
}

/** Mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
