import type { Person } from "@aizuchi/sdk";
import { useI18n } from "../i18n/index.tsx";
import { Avatar } from "../ui/Avatar.tsx";
import styles from "./Beginning.module.css";

interface BeginningProps {
  partner: Person;
  /** Nothing has been said yet. */
  empty?: boolean;
}

/** Stands above the first message, or in place of it. */
export function Beginning({ partner, empty = false }: BeginningProps) {
  const { t } = useI18n();
  return (
    <div className={styles.beginning} data-empty={empty || undefined}>
      <Avatar sub={partner.sub} name={partner.username} size="l" />
      <p dir="auto">{t.conversation.beginning(partner.username)}</p>
      {empty && <p>{t.conversation.hello}</p>}
    </div>
  );
}
