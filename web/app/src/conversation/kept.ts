/** Where somebody reads: a message, and how far it is scrolled out above. */
export interface Spot {
  readonly seq: number;
  /** In pixels. */
  readonly offset: number;
}

/** Where one reads in a conversation, while one looks at another place of it. */
export interface Kept {
  readonly get: () => Spot | undefined;
  /** Undefined at the newest message. */
  readonly set: (spot: Spot | undefined) => void;
}

export function createKept(): Kept {
  let held: Spot | undefined;
  return {
    get: () => held,
    set: (spot) => {
      held = spot;
    },
  };
}
