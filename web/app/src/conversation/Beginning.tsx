import type { Person } from "@aizuchi/sdk";
import { useI18n } from "../i18n/index.tsx";
import { useWords } from "../rooms/words.ts";
import { Avatar } from "../ui/Avatar.tsx";
import styles from "./Beginning.module.css";

interface BeginningProps {
  partner: Person;
  /** It is no person but a room. */
  room: boolean;
  /** Nothing has been said yet. */
  empty?: boolean;
}

/** Stands above the first message, or in place of it. */
export function Beginning({ partner, room, empty = false }: BeginningProps) {
  const { t } = useI18n();
  const words = useWords();
  const { username: name } = partner;
  return (
    <div className={styles.beginning} data-empty={empty || undefined}>
      <Avatar sub={partner.sub} name={partner.username} size="l" />
      <p dir="auto">{room ? words.beginning(name) : t.conversation.beginning(name)}</p>
      {empty && !room && <p>{t.conversation.hello}</p>}
    </div>
  );
}
