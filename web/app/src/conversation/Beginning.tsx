import { useI18n } from "../i18n/index.tsx";
import styles from "./Beginning.module.css";

interface BeginningProps {
  name: string;
  /** Nothing has been said yet. */
  empty?: boolean;
}

/** Stands above the first message, or in place of it. */
export function Beginning({ name, empty = false }: BeginningProps) {
  const { t } = useI18n();
  return (
    <div className={styles.beginning} data-empty={empty || undefined}>
      <p dir="auto">{t.conversation.beginning(name)}</p>
      {empty && <p className={styles.hello}>{t.conversation.hello}</p>}
    </div>
  );
}
