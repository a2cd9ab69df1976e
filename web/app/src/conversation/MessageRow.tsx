import type { Conversation, MessageView, Person } from "@aizuchi/sdk";
import { AttachmentsOf } from "../files/Attachments.tsx";
import { isPicture } from "../files/kinds.ts";
import { layoutOf } from "../files/layout.ts";
import { useI18n } from "../i18n/index.tsx";
import { failureText } from "../state/failures.ts";
import { happened } from "../rooms/happened.ts";
import { Reactions } from "../rooms/Reactions.tsx";
import { useWords } from "../rooms/words.ts";
import { useClient } from "../state/context.tsx";
import { Button } from "../ui/Button.tsx";
import { Ticks } from "../ui/Ticks.tsx";
import { Beginning } from "./Beginning.tsx";
import { MessageMenu } from "./MessageMenu.tsx";
import { MessageText } from "./MessageText.tsx";
import { Quote } from "./Quote.tsx";
import styles from "./MessageRow.module.css";
import type { Row } from "./timeline.ts";

interface MessageRowProps {
  row: Row;
  /** Whom it is with, or the room. */
  partner: Person;
  /** In a room it is shown who said what. */
  room: boolean;
  nameOf: (sub: string) => string;
  /** The message that this one answers, where it is loaded. */
  quoted?: MessageView | undefined;
  now: number;
  conversation: Conversation;
  /** The conversation begins with it. */
  begins: boolean;
  /** It was searched for, and stands out. */
  found?: boolean;
}

/** A message, and the dividers above it. */
export function MessageRow(props: MessageRowProps) {
  const { row, partner, room, nameOf, quoted, now, conversation, begins, found = false } = props;
  const { message, mine, startsDay, startsUnread, startsGroup, endsGroup } = row;
  const { t, dates } = useI18n();
  const words = useWords();
  const { self } = useClient();
  const { attachments = [], mentions = [] } = message;
  const pictures = attachments.filter(isPicture);
  const width = pictures.length > 0 ? layoutOf(pictures).width : undefined;
  const only = attachments.length > 0 && message.text === "";
  const mentioned = mentions.map((sub) => ({
    sub,
    username: sub === self.sub ? self.username : nameOf(sub),
  }));
  return (
    <div className={styles.row} data-ends={endsGroup || undefined} data-found={found || undefined}>
      {begins && <Beginning partner={partner} room={room} />}
      {startsDay && (
        <p className={styles.day}>
          <time dateTime={new Date(message.timestamp).toISOString()}>
            {dates.day(message.timestamp, now, t.days)}
          </time>
        </p>
      )}
      {startsUnread && (
        // What is inside of a separator is no name of its own.
        <p className={styles.unread} role="separator" aria-label={t.conversation.unread}>
          {t.conversation.unread}
        </p>
      )}
      {message.change ? (
        <p className={styles.happened} data-seq={message.seq}>
          {happened(message, nameOf, words)}
        </p>
      ) : (
        <>
          {room && !mine && startsGroup && (
            <p className={styles.author} aria-hidden="true">
              <bdi>{nameOf(message.fromSub)}</bdi>
            </p>
          )}
          <div className={styles.beside} data-mine={mine || undefined}>
            <div
              className={styles.bubble}
              data-mine={mine || undefined}
              data-starts={startsGroup || undefined}
              data-ends={endsGroup || undefined}
              data-state={message.state}
              data-deleted={message.deleted}
              data-seq={message.seq}
              data-files={width !== undefined ? "pictures" : attachments.length > 0 || undefined}
              data-only={(only && pictures.length === attachments.length) || undefined}
              data-mentioned={(!mine && mentions.includes(self.sub)) || undefined}
              style={width === undefined ? undefined : { width: `${width + 8}px` }}
            >
              {startsGroup && (
                <span className="said">{mine ? t.common.you : nameOf(message.fromSub)}: </span>
              )}
              {message.replyTo !== undefined && !message.deleted && (
                <Quote message={quoted} nameOf={nameOf} />
              )}
              {!message.deleted && <AttachmentsOf files={attachments} />}
              <div className={styles.words}>
                {message.deleted ? (
                  <span className={styles.deleted}>{t.conversation.deleted}</span>
                ) : (
                  !only && <MessageText text={message.text} mentioned={mentioned} />
                )}
                <span className={styles.meta}>
                  {message.editedAt !== undefined && !message.deleted && (
                    <span>{t.conversation.edited}</span>
                  )}
                  <time
                    dateTime={new Date(message.timestamp).toISOString()}
                    title={dates.full(message.timestamp)}
                  >
                    {dates.time(message.timestamp)}
                  </time>
                  {mine && !message.deleted && <Ticks state={message.state} />}
                </span>
              </div>
            </div>
            <MessageMenu row={row} conversation={conversation} />
          </div>
          <Reactions message={message} mine={mine} nameOf={nameOf} />
        </>
      )}
      {message.state === "failed" && <Failed row={row} conversation={conversation} />}
    </div>
  );
}

/** Why a message was not sent, and what to do about it. */
function Failed({ row, conversation }: { row: Row; conversation: Conversation }) {
  const { t } = useI18n();
  const { clientMsgId, error } = row.message;
  return (
    <div className={styles.failed}>
      <p>{error ? failureText(error, t) : t.conversation.failed}</p>
      {clientMsgId !== undefined && (
        <>
          <Button
            look="plain"
            onClick={() => {
              conversation.retry(clientMsgId);
            }}
          >
            {t.conversation.resend}
          </Button>
          <Button
            look="plain"
            onClick={() => {
              conversation.discard(clientMsgId);
            }}
          >
            {t.conversation.discard}
          </Button>
        </>
      )}
    </div>
  );
}
