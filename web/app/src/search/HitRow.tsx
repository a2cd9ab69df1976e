import type { Hit } from "@aizuchi/sdk";
import { useI18n } from "../i18n/index.tsx";
import { useNamed } from "./useNamed.ts";
import { formatRoute } from "../shell/routes.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { Excerpt } from "./Excerpt.tsx";
import { jump } from "./jump.ts";
import styles from "./Search.module.css";
import { useWords } from "./words.ts";

interface HitRowProps {
  hit: Hit;
  /** It is told in which conversation. */
  named: boolean;
  current: boolean;
  /** In the tab order. */
  reachable: boolean;
  now: number;
  onJump?: () => void;
}

/** A message that was found, which leads to where it stands. */
export function HitRow({ hit, named, current, reachable, now, onJump }: HitRowProps) {
  const { t, dates } = useI18n();
  const words = useWords();
  const { conversationId, seq, timestamp } = hit;
  const { title, picture, author, room } = useNamed(hit);
  return (
    <a
      className={styles.hit}
      href={formatRoute({ page: "conversation", conversationId, at: seq })}
      aria-current={current ? "true" : undefined}
      tabIndex={reachable ? 0 : -1}
      onClick={(event) => {
        if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        jump(conversationId, seq);
        onJump?.();
      }}
    >
      <Avatar sub={picture} name={named ? title : author} size="s" />
      <span className={styles.body}>
        <span className={styles.head}>
          <bdi className={styles.name}>{named ? title : author}</bdi>
          <time className={styles.time} dateTime={new Date(timestamp).toISOString()}>
            {dates.short(timestamp, now, t.days)}
          </time>
        </span>
        <span className={styles.text}>
          {named && room && <bdi>{words.said(author)}</bdi>}
          <Excerpt hit={hit} />
        </span>
      </span>
    </a>
  );
}
