import type { Message } from "./message.ts";
import type { PlaceModel } from "./place.ts";

/** The places in a conversation that are looked at. */
export class Places {
  readonly #places = new Set<PlaceModel>();

  add(place: PlaceModel): void {
    this.#places.add(place);
  }

  delete(place: PlaceModel): void {
    this.#places.delete(place);
  }

  /** A message that is held at one of them. */
  find(seq: number): Message | undefined {
    for (const place of this.#places) {
      const message = place.find(seq);
      if (message) return message;
    }
    return undefined;
  }

  /** Messages were changed, of which some may be held here. */
  touch(changes: readonly Message[]): void {
    for (const place of this.#places) place.touch(changes);
  }

  /** The conversation changed. */
  look(): void {
    for (const place of [...this.#places]) place.look();
  }
}
