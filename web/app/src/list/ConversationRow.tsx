import type { ConversationSummary, Presence, Observable } from "@aizuchi/sdk";
import { memo, useMemo } from "react";
import { lineOf } from "../files/kinds.ts";
import { useFileWords } from "../files/words.ts";
import { useI18n } from "../i18n/index.tsx";
import { happened } from "../rooms/happened.ts";
import { isRoom } from "../rooms/isRoom.ts";
import { useWords } from "../rooms/words.ts";
import { useLink } from "../shell/useRoute.ts";
import { useClient, useObservable } from "../state/context.tsx";
import { nameOf } from "../state/people.ts";
import { nobody } from "../state/presence.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { Ticks } from "../ui/Ticks.tsx";
import styles from "./ConversationRow.module.css";
import { unreadText } from "./unread.ts";

interface ConversationRowProps {
  conversation: ConversationSummary;
  current: boolean;
  /** In the tab order. */
  reachable: boolean;
  onFocus: (id: string) => void;
  now: number;
}

/** A conversation in the list. */
export const ConversationRow = memo(function ConversationRow(props: ConversationRowProps) {
  const { conversation, current, reachable, onFocus, now } = props;
  const { id, partner, last, unread } = conversation;
  const { t, dates } = useI18n();
  const client = useClient();
  const route = useMemo(() => ({ page: "conversation", conversationId: id }) as const, [id]);
  const link = useLink(route);
  const presence: Observable<Presence> = partner ? client.presence(partner.sub) : nobody;
  const { online } = useObservable(presence);
  const words = useWords();
  const name = isRoom(id) ? (conversation.name ?? words.unnamed) : nameOf(partner, t);
  const mine = last?.fromSub === client.self.sub;

  return (
    <li className={styles.item}>
      <a
        {...link}
        className={styles.row}
        data-unread={unread > 0 || undefined}
        aria-current={current ? "page" : undefined}
        tabIndex={reachable ? 0 : -1}
        onFocus={() => {
          onFocus(id);
        }}
      >
        <Avatar sub={partner?.sub ?? id} name={name} online={online} />
        <span className={styles.line}>
          <span className={styles.name}>
            <bdi>{name}</bdi>
            {online && <span className="said">, {t.people.online}</span>}
          </span>
          {last && (
            <time className={styles.time} dateTime={new Date(last.timestamp).toISOString()}>
              {dates.short(last.timestamp, now, t.days)}
            </time>
          )}
        </span>
        <span className={styles.line}>
          <span className={styles.preview}>
            {/* The open conversation's draft is in its composer. */}
            <Preview
              conversation={conversation}
              draft={current ? "" : client.conversation(id).getDraft()}
            />
          </span>
          {unread > 0 ? (
            <span className={styles.unread}>
              <span aria-hidden="true">{unreadText(unread, t)}</span>
              <span className="said">{t.list.unread(unread)}</span>
            </span>
          ) : (
            mine && !last.change && <Ticks state={last.state} />
          )}
        </span>
      </a>
    </li>
  );
});

/** One line of what is going on in a conversation. */
function Preview({ conversation, draft }: { conversation: ConversationSummary; draft: string }) {
  const { t } = useI18n();
  const { self } = useClient();
  const words = useWords();
  const fileWords = useFileWords();
  const { id, last, members } = conversation;
  if (draft.trim() !== "") {
    return (
      <>
        <span className={styles.draft}>{t.list.draft}</span> <bdi>{draft}</bdi>
      </>
    );
  }
  if (!last) return t.list.noMessages;
  if (last.deleted) return t.list.deleted;
  const nameOfSub = (sub: string): string =>
    sub === self.sub
      ? self.username
      : nameOf(
          members.find((member) => member.sub === sub),
          t,
        );
  if (last.change) return <bdi>{happened(last, nameOfSub, words)}</bdi>;
  const line = lineOf(last, fileWords);
  const others = isRoom(id) ? words.said(nameOfSub(last.fromSub), line) : line;
  return <bdi>{last.fromSub === self.sub ? t.list.yourMessage(line) : others}</bdi>;
}
