import type { MessageView } from "@aizuchi/sdk";
import { lineOf } from "../files/kinds.ts";
import { useFileWords } from "../files/words.ts";
import { useI18n } from "../i18n/index.tsx";
import { useWords } from "../rooms/words.ts";
import styles from "./Quote.module.css";

interface QuoteProps {
  /** What is answered; undefined where it is not loaded. */
  message: MessageView | undefined;
  nameOf: (sub: string) => string;
}

/** What a message answers, in one line. */
export function Quote({ message, nameOf }: QuoteProps) {
  const { t } = useI18n();
  const words = useWords();
  const fileWords = useFileWords();
  return (
    <span className={styles.quote}>
      {message && (
        <bdi className={styles.name}>
          <span className="said">{words.inReply} </span>
          {nameOf(message.fromSub)}
        </bdi>
      )}
      <bdi className={styles.text}>
        {message ? (message.deleted ? t.list.deleted : lineOf(message, fileWords)) : words.earlier}
      </bdi>
    </span>
  );
}
