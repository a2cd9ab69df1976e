import { useI18n } from "../i18n/index.tsx";
import { useObservable } from "../state/context.tsx";
import { Button } from "../ui/Button.tsx";
import styles from "./VersionLine.module.css";
import { newVersion } from "./worker.ts";

/** One quiet line when there is a newer version. It comes when the person wants it. */
export function VersionLine() {
  const { t } = useI18n();
  const take = useObservable(newVersion);
  return (
    <div role="status">
      {take && (
        <p className={styles.line}>
          {t.version.ready}
          <Button look="plain" onClick={take}>
            {t.version.take}
          </Button>
        </p>
      )}
    </div>
  );
}
