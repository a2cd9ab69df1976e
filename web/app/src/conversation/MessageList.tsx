import type { Conversation, ConversationState, Person } from "@aizuchi/sdk";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { navigate } from "../shell/useRoute.ts";
import { useNetworked } from "../shell/useNetworked.ts";
import { useClient, useObservable } from "../state/context.tsx";
import { useWords } from "../rooms/words.ts";
import { useNow } from "../state/useNow.ts";
import { Button } from "../ui/Button.tsx";
import { Notice } from "../ui/Notice.tsx";
import { Spinner } from "../ui/Spinner.tsx";
import { Beginning } from "./Beginning.tsx";
import { createKept } from "./kept.ts";
import styles from "./MessageList.module.css";
import { MessageRow } from "./MessageRow.tsx";
import { Scroller } from "./Scroller.tsx";
import { Spoken } from "./Spoken.tsx";
import { timeline } from "./timeline.ts";
import { usePlace } from "./usePlace.ts";
import { useOpening } from "./useOpening.ts";

interface MessageListProps {
  conversation: Conversation;
  state: ConversationState;
  /** The message to show, wherever it is. */
  at: number | undefined;
  /** Whom it is with, or the room. */
  partner: Person;
  room: boolean;
  nameOf: (sub: string) => string;
}

/** What was said, or why it cannot be shown. */
export function MessageList(props: MessageListProps) {
  const { conversation, state, at, partner, room, nameOf } = props;
  const { t } = useI18n();
  const words = useWords();
  const { self, connection } = useClient();
  const away = useObservable(connection).status === "waiting";
  const networked = useNetworked();
  const now = useNow();
  const opening = useOpening(conversation, state);
  const [kept] = useState(createKept);
  const { place, view, visit, flashing } = usePlace(conversation, state, at);
  const { firstUnreadSeq } = state;
  const { messages, loading, hasOlder, hasNewer, error } = view;
  const rows = useMemo(
    () => timeline(messages, self.sub, firstUnreadSeq),
    [messages, self.sub, firstUnreadSeq],
  );
  const bySeq = useMemo(
    () => new Map(messages.map((message) => [message.seq, message])),
    [messages],
  );
  const name = partner.username;
  const loadOlder = (): void => void (place ?? conversation).loadOlder();
  const waiting = place ? !messages.some(({ seq }) => seq === at) && loading : opening;
  const leave = useCallback((): void => {
    kept.set(undefined);
    navigate({ page: "conversation", conversationId: conversation.id }, { replace: true });
  }, [conversation, kept]);

  // Whoever writes wants to see it, wherever he was reading.
  const ownKey = state.messages.findLast(({ fromSub }) => fromSub === self.sub)?.key;
  const [known, setKnown] = useState(ownKey);
  if (!hasNewer && known !== ownKey) setKnown(ownKey);
  const elsewhere = hasNewer && known !== ownKey && !state.loading;
  useEffect(() => {
    if (elsewhere) leave();
  }, [elsewhere, leave]);
  const retry = <Button onClick={loadOlder}>{t.common.retry}</Button>;

  if (waiting || rows.length === 0) {
    return (
      <div className={styles.pane}>
        {waiting && (away || !networked) ? (
          <Notice text={t.conversation.notHere} />
        ) : error ? (
          <Notice text={t.conversation.loadFailed}>{retry}</Notice>
        ) : waiting ? (
          <Spinner label={t.common.loading} />
        ) : (
          <Beginning partner={partner} room={room} empty />
        )}
      </div>
    );
  }

  return (
    <div className={styles.pane}>
      {hasOlder && error && (
        <p className={styles.older} role="alert">
          {t.conversation.olderFailed}
          {retry}
        </p>
      )}
      {hasOlder && loading && (
        <div className={styles.older}>
          <Spinner label={t.conversation.loadingOlder} />
        </div>
      )}
      <Scroller
        key={visit}
        target={at}
        kept={kept}
        hasNewer={hasNewer && !loading && !error}
        onNearEnd={() => void place?.loadNewer()}
        onLeave={leave}
        label={room ? words.messages(name) : t.conversation.messages(name)}
        rows={rows}
        unread={state.unread}
        hasOlder={hasOlder && !loading && !error}
        onNearTop={loadOlder}
        onSeen={conversation.markRead}
      >
        {(row, index) => (
          <MessageRow
            key={row.message.key}
            row={row}
            partner={partner}
            room={room}
            nameOf={nameOf}
            quoted={bySeq.get(row.message.replyTo ?? 0)}
            now={now}
            conversation={conversation}
            begins={index === 0 && !hasOlder}
            found={flashing && row.message.seq === at}
          />
        )}
      </Scroller>
      <Spoken rows={rows} nameOf={nameOf} typing={state.typing} />
    </div>
  );
}
