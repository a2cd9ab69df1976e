import { type Ref, useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { useClient, useObservable } from "../state/context.tsx";
import { useNow } from "../state/useNow.ts";
import { ConversationRow } from "./ConversationRow.tsx";
import styles from "./ConversationList.module.css";
import { rove } from "./rove.ts";

/** How close to its end the list asks for more, in pixels. */
const NEAR_END = 400;
/** How many rows there are at first, and how many come with each scroll to the end. */
const ROWS = 50;

interface ConversationListProps {
  current: string | undefined;
  ref?: Ref<HTMLUListElement>;
}

/** The conversations, most recent first. One is in the tab order, the arrow keys reach the rest. */
export function ConversationList({ current, ref }: ConversationListProps) {
  const { t } = useI18n();
  const client = useClient();
  const now = useNow();
  const { items, loaded, hasMore } = useObservable(client.conversations);
  const [focused, setFocused] = useState<string>();
  // All may be known at once, from an earlier visit: few are looked at.
  const [room, setRoom] = useState(ROWS);

  if (!loaded) return <Placeholder label={t.common.loading} />;

  const shown = items.slice(0, room);
  if (shown.length === 0) return <p className={styles.empty}>{t.list.empty}</p>;
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
        if (items.length <= room && hasMore) void client.loadMoreConversations();
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
