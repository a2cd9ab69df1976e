import { type Ref, useEffect } from "react";
import { useI18n } from "../i18n/index.tsx";
import { ConversationRow } from "../list/ConversationRow.tsx";
import { matches } from "../list/filter.ts";
import { rove } from "../list/rove.ts";
import { useClient, useObservable } from "../state/context.tsx";
import { useNow } from "../state/useNow.ts";
import { Button } from "../ui/Button.tsx";
import { HitRow } from "./HitRow.tsx";
import styles from "./Search.module.css";
import { SearchNote } from "./SearchNote.tsx";
import { useSearch } from "./useSearch.ts";
import { useWords } from "./words.ts";

/** So many conversations are shown. */
const CONVERSATIONS = 20;

interface SearchResultsProps {
  /** What is looked for among the names. */
  text: string;
  /** What is searched for in messages. */
  query: string;
  current: string | undefined;
  /** The message that is shown. */
  at: number | undefined;
  ref?: Ref<HTMLDivElement>;
}

const nothing = (): void => undefined;

/** The conversations and the messages that a text is found in. */
export function SearchResults({ text, query, current, at, ref }: SearchResultsProps) {
  const { t } = useI18n();
  const words = useWords();
  const client = useClient();
  const now = useNow();
  const { items, hasMore } = useObservable(client.conversations);
  const found = useSearch(query);

  // Names on pages that are not here yet must be found as well.
  useEffect(() => {
    if (hasMore) void client.loadMoreConversations();
  }, [client, hasMore, items.length]);

  const named = items.filter((item) => matches(item, text, t)).slice(0, CONVERSATIONS);
  return (
    <div ref={ref} className={styles.results} onKeyDown={rove}>
      <section aria-label={words.conversations}>
        <h2>{words.conversations}</h2>
        {named.length === 0 && !hasMore && <p className={styles.note}>{words.noName}</p>}
        <ul role="list">
          {named.map((item, index) => (
            <ConversationRow
              key={item.id}
              conversation={item}
              current={item.id === current && at === undefined}
              reachable={index === 0}
              onFocus={nothing}
              now={now}
            />
          ))}
        </ul>
      </section>
      <section aria-label={words.messages} aria-busy={found.status === "searching"}>
        <h2>{words.messages}</h2>
        <SearchNote found={found} onRetry={found.retry} />
        <ul role="list">
          {found.hits.map((hit, index) => (
            <li key={`${hit.conversationId} ${hit.seq}`}>
              <HitRow
                hit={hit}
                named
                current={hit.conversationId === current && hit.seq === at}
                reachable={index === 0}
                now={now}
              />
            </li>
          ))}
        </ul>
        {found.hasMore && (
          <div className={styles.more}>
            <Button look="plain" busy={found.status === "searching"} onClick={found.loadMore}>
              {words.more}
            </Button>
          </div>
        )}
      </section>
    </div>
  );
}
