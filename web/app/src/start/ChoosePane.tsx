import { useI18n } from "../i18n/index.tsx";
import { Button } from "../ui/Button.tsx";
import { Mark } from "../ui/Logo.tsx";
import styles from "./Start.module.css";

/** The wide screen's other half while no conversation is open. */
export function ChoosePane({ onStart }: { onStart: () => void }) {
  const { t } = useI18n();
  return (
    <div className={styles.choose}>
      <Mark size={44} />
      <h1>{t.start.choose}</h1>
      <p>{t.start.chooseText}</p>
      <Button icon="compose" onClick={onStart}>
        {t.list.start}
      </Button>
    </div>
  );
}
