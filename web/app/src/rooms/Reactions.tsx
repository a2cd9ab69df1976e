import type { MessageView } from "@aizuchi/sdk";
import { useClient } from "../state/context.tsx";
import styles from "./Reactions.module.css";
import { useWords } from "./words.ts";

interface ReactionsProps {
  message: MessageView;
  mine: boolean;
  nameOf: (sub: string) => string;
}

/** Who reacted to a message with what. */
export function Reactions({ message, mine, nameOf }: ReactionsProps) {
  const words = useWords();
  const { self } = useClient();
  const { reactions = [] } = message;
  if (reactions.length === 0) return null;
  return (
    <ul className={styles.reactions} data-mine={mine || undefined} aria-label={words.reactions}>
      {reactions.map(({ emoji, count, subs }) => (
        <li
          key={emoji}
          className={styles.chip}
          data-own={subs.includes(self.sub) || undefined}
          title={words.list.format(subs.map(nameOf))}
        >
          <span aria-hidden="true">
            {emoji} {count}
          </span>
          <span className="said">{words.reacted(emoji, count)}</span>
        </li>
      ))}
    </ul>
  );
}
