import type { Calls } from "./calls.ts";
import { AizuchiError } from "./errors.ts";
import type { Hit } from "./generated/wire.ts";

export interface SearchOptions {
  /** The conversation that is searched; all of them unless told. */
  readonly conversationId?: string;
  /** From the page before. */
  readonly cursor?: string;
  /** At most so many hits: 1 to 50, 20 unless told. */
  readonly limit?: number;
}

export interface SearchPage {
  /** The best first. */
  readonly hits: readonly Hit[];
  /** Where the next page begins; absent at the end. A page may be empty and still have one. */
  readonly cursor?: string;
}

/**
 * Messages of one's conversations by their text. Rejects with an `AizuchiError`: `forbidden` where the
 * server does not search, `rate_limited`, `unavailable` without a connection, …
 */
export type Search = (query: string, options?: SearchOptions) => Promise<SearchPage>;

export function createSearch(calls: Calls): Search {
  return (query, { conversationId, cursor, limit } = {}) =>
    new Promise((resolve, reject) => {
      calls.call(
        {
          action: "SEARCH",
          query,
          ...(conversationId === undefined ? {} : { conversationId }),
          ...(cursor === undefined ? {} : { cursor }),
          ...(limit === undefined ? {} : { limit }),
        },
        {
          onAnswer: (answer) => {
            if (answer.action === "SEARCH") {
              const { hits, cursor: next } = answer;
              resolve(next === undefined ? { hits } : { hits, cursor: next });
            } else {
              const error = "The server's answer makes no sense.";
              reject(new AizuchiError({ code: "unavailable", error }));
            }
            return false;
          },
          onFailure: (failure) => {
            reject(new AizuchiError(failure));
          },
        },
      );
    });
}
