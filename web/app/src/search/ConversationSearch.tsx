import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { enters } from "../conversation/enter.ts";
import { rove } from "../list/rove.ts";
import { useNow } from "../state/useNow.ts";
import { Button, IconButton } from "../ui/Button.tsx";
import { SearchField } from "../ui/SearchField.tsx";
import { HitRow } from "./HitRow.tsx";
import { jump } from "./jump.ts";
import styles from "./Search.module.css";
import { SearchNote } from "./SearchNote.tsx";
import { useQuery } from "./useQuery.ts";
import { useSearch } from "./useSearch.ts";
import { useWords } from "./words.ts";

interface ConversationSearchProps {
  id: string;
  /** The message that is shown. */
  at: number | undefined;
  onClose: () => void;
}

/** Finds words in the conversation that is open, and goes from one to the next. */
export function ConversationSearch({ id, at, onClose }: ConversationSearchProps) {
  const words = useWords();
  const now = useNow();
  const { query, text, fieldProps } = useQuery();
  const found = useSearch(query, id);
  const { hits, hasMore, loadMore } = found;
  const [listing, setListing] = useState(true);
  const field = useRef<HTMLInputElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const index = hits.findIndex(({ seq }) => seq === at);

  useEffect(() => {
    field.current?.focus();
  }, []);

  const go = (to: number): void => {
    const hit = hits[to];
    if (!hit) return;
    if (to === hits.length - 1 && hasMore) loadMore();
    setListing(false);
    jump(id, hit.seq);
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.key !== "Escape" || event.nativeEvent.isComposing) return;
    event.preventDefault();
    onClose();
  };

  const inField = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === "ArrowDown" && listing) {
      event.preventDefault();
      panel.current?.querySelector("a")?.focus();
    } else if (enters(event)) {
      event.preventDefault();
      go(event.shiftKey ? Math.max(index - 1, 0) : index + 1);
    }
  };

  return (
    <div className={styles.bar} role="search" onKeyDown={onKeyDown}>
      <div className={styles.line}>
        <SearchField
          ref={field}
          className={styles.field}
          label={words.hereField}
          {...fieldProps}
          onFocus={() => {
            setListing(true);
          }}
          onInput={() => {
            setListing(true);
          }}
          onKeyDown={inField}
        />
        {index >= 0 && (
          <p className={styles.position} role="status">
            {words.position(index + 1, hits.length, hasMore)}
          </p>
        )}
        {hits.length > 0 && (
          <>
            <IconButton
              icon="previous"
              label={words.previous}
              aria-disabled={index <= 0}
              onClick={() => {
                go(index - 1);
              }}
            />
            <IconButton
              icon="next"
              label={words.next}
              aria-disabled={index === hits.length - 1 && !hasMore}
              onClick={() => {
                go(index + 1);
              }}
            />
          </>
        )}
        <IconButton icon="close" label={words.close} onClick={onClose} />
      </div>
      {listing && text.trim() !== "" && (
        <div ref={panel} className={styles.panel} onKeyDown={rove}>
          <SearchNote found={found} onRetry={found.retry} />
          <ul role="list" aria-label={words.messages}>
            {hits.map((hit, order) => (
              <li key={hit.seq}>
                <HitRow
                  hit={hit}
                  named={false}
                  current={hit.seq === at}
                  reachable={order === 0}
                  now={now}
                  onJump={() => {
                    setListing(false);
                  }}
                />
              </li>
            ))}
          </ul>
          {hasMore && (
            <div className={styles.more}>
              <Button look="plain" busy={found.status === "searching"} onClick={loadMore}>
                {words.more}
              </Button>
            </div>
          )}
        </div>
      )}
    </div>
  );
}
