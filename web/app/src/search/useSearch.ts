import type { Client, Hit } from "@aizuchi/sdk";
import { useEffect, useState } from "react";
import { useClient, useObservable } from "../state/context.tsx";

/** The longest text that is searched for, in bytes. */
const LONGEST = 256;
/** How long typing has to rest before it is searched for, in milliseconds. */
const REST = 200;
/** So many pages without a hit are gone through at a time. */
const EMPTY_PAGES = 5;

export interface Found {
  readonly hits: readonly Hit[];
  /** `idle`: there is nothing to search for. */
  readonly status: "idle" | "searching" | "done" | "failed" | "offline" | "tooLong";
  readonly problem: unknown;
  readonly hasMore: boolean;
}

interface Held {
  /** What was searched for, and where. */
  readonly key: string;
  readonly hits: readonly Hit[];
  readonly cursor?: string | undefined;
  readonly done: boolean;
  readonly problem?: unknown;
}

const NOTHING: Held = { key: "", hits: [], done: false };

/** Searches messages as one types: in one conversation, or in all. */
export function useSearch(query: string, conversationId?: string) {
  const client = useClient();
  const online = useObservable(client.connection).status === "online";
  const [held, setHeld] = useState(NOTHING);
  const [attempt, setAttempt] = useState(0);
  const tooLong = new TextEncoder().encode(query).length > LONGEST;
  const key = JSON.stringify([query, conversationId, attempt]);
  const wanted = query !== "" && !tooLong && online;

  useEffect(() => {
    if (!wanted) return;
    let over = false;
    const timer = setTimeout(() => {
      pageFrom(client, query, conversationId, undefined).then(
        ({ hits, cursor }) => {
          if (!over) setHeld({ key, hits, cursor, done: true });
        },
        (problem: unknown) => {
          if (!over) setHeld({ key, hits: [], done: true, problem });
        },
      );
    }, REST);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [client, query, conversationId, key, wanted]);

  const fresh = held.key === key;
  const status = (): Found["status"] => {
    if (query === "") return "idle";
    if (tooLong) return "tooLong";
    if (fresh && held.done) return held.problem === undefined ? "done" : "failed";
    return online ? "searching" : "offline";
  };

  const loadMore = async (): Promise<void> => {
    const { cursor } = held;
    if (!fresh || cursor === undefined || !held.done) return;
    setHeld({ ...held, done: false });
    const after = await pageFrom(client, query, conversationId, cursor).then(
      (page) => ({ hits: [...held.hits, ...page.hits], cursor: page.cursor }),
      (problem: unknown) => ({ problem }),
    );
    setHeld((now) => (now.key === key ? { ...held, ...after, done: true } : now));
  };

  const found: Found = {
    // What was found for less stays until there is better, so that nothing jumps while one types.
    hits: query === "" || tooLong ? [] : held.hits,
    status: status(),
    problem: fresh ? held.problem : undefined,
    hasMore: fresh && held.cursor !== undefined,
  };
  return {
    ...found,
    loadMore: () => void loadMore(),
    retry: () => {
      setAttempt(attempt + 1);
    },
  };
}

/** A page with something on it, where there is one: pages may be empty. */
async function pageFrom(
  client: Client,
  query: string,
  conversationId: string | undefined,
  cursor: string | undefined,
): Promise<{ hits: readonly Hit[]; cursor: string | undefined }> {
  let next = cursor;
  for (let tries = 1; ; tries += 1) {
    const page = await client.search(query, {
      ...(conversationId === undefined ? {} : { conversationId }),
      ...(next === undefined ? {} : { cursor: next }),
    });
    next = page.cursor;
    if (page.hits.length > 0 || next === undefined || tries === EMPTY_PAGES) {
      return { hits: page.hits, cursor: next };
    }
  }
}
