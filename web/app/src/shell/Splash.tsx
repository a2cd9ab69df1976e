import { useI18n } from "../i18n/index.tsx";
import { Button } from "../ui/Button.tsx";
import { Mark } from "../ui/Logo.tsx";
import styles from "./Splash.module.css";

interface SplashProps {
  /** Given when it is not a matter of waiting any more. */
  onRetry?: (() => void) | undefined;
}

/** Stands where the application will be: the same picture as in index.html, so that nothing moves. */
export function Splash({ onRetry }: SplashProps) {
  const { t } = useI18n();
  return (
    <main className={styles.splash}>
      <h1 className="said">{t.common.productName}</h1>
      <div className="splash">
        <Mark size={56} />
      </div>
      <div className={styles.below} role="status">
        {onRetry ? (
          <>
            <p>{t.errors.network}</p>
            <Button onClick={onRetry}>{t.common.retry}</Button>
          </>
        ) : (
          <p className="said">{t.common.loading}</p>
        )}
      </div>
    </main>
  );
}
