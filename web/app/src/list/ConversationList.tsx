import { type KeyboardEvent, type Ref, useEffect, useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { useClient, useObservable } from "../state/context.tsx";
import { useNow } from "../state/useNow.ts";
import { ConversationRow } from "./ConversationRow.tsx";
import { matches } from "./filter.ts";
import styles from "./ConversationList.module.css";

/** How close to its end the list asks for more, in pixels. */
const NEAR_END = 400;
/** How many rows there are at first, and how many come with each scroll to the end. */
const ROWS = 50;

interface ConversationListProps {
  current: string | undefined;
  filter: string;
  ref?: Ref<HTMLUListElement>;
}

/** The conversations, most recent first. One is in the tab order, the arrow keys reach the rest. */
export function ConversationList({ current, filter, ref }: ConversationListProps) {
  const { t } = useI18n();
  const client = useClient();
  const now = useNow();
  const { items, loaded, hasMore } = useObservable(client.conversations);
  const [focused, setFocused] = useState<string>();
  // All may be known at once, from an earlier visit: few are looked at.
  const [room, setRoom] = useState(ROWS);

  // Names on pages that are not here yet must be found as well.
  const searching = filter !== "" && hasMore;
  useEffect(() => {
    if (searching) void client.loadMoreConversations();
  }, [client, searching, items.length]);

  if (!loaded) return <Placeholder label={t.common.loading} />;

  const found = filter === "" ? items : items.filter((item) => matches(item, filter, t));
  const shown = found.slice(0, room);
  if (shown.length === 0 && !searching) {
    return <p className={styles.empty}>{filter === "" ? t.list.empty : t.list.noMatch(filter)}</p>;
  }
  const reachable =
    [focused, current].find((id) => shown.some((item) => item.id === id)) ?? shown[0]?.id;

  return (
    <ul
      ref={ref}
      className={styles.list}
      // Safari forgets that a list without bullets is one.
      role="list"
      aria-label={t.list.title}
      onKeyDown={rove}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        if (scrollHeight - scrollTop - clientHeight > NEAR_END) return;
        if (found.length <= room && hasMore) void client.loadMoreConversations();
        setRoom(shown.length + ROWS);
      }}
    >
      {shown.map((item) => (
        <ConversationRow
          key={item.id}
          conversation={item}
          current={item.id === current}
          reachable={item.id === reachable}
          onFocus={setFocused}
          now={now}
        />
      ))}
    </ul>
  );
}

/** Moves the focus between the rows. */
function rove(event: KeyboardEvent<HTMLUListElement>): void {
  const rows = [...event.currentTarget.querySelectorAll("a")];
  const at = rows.findIndex((row) => row === document.activeElement);
  const to = {
    ArrowDown: Math.min(at + 1, rows.length - 1),
    ArrowUp: Math.max(at - 1, 0),
    Home: 0,
    End: rows.length - 1,
  }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  rows[to]?.focus();
}

/** Holds the place of rows that are on their way, in their measures. */
function Placeholder({ label }: { label: string }) {
  return (
    <div className={styles.placeholder} role="status">
      <span className="said">{label}</span>
      {[68, 44, 56, 36, 60].map((width) => (
        <div key={width} className={styles.ghost}>
          <span />
          <span style={{ width: `${width}%` }} />
        </div>
      ))}
    </div>
  );
}
