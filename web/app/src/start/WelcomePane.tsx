import { useI18n } from "../i18n/index.tsx";
import { useClient } from "../state/context.tsx";
import { Mark } from "../ui/Logo.tsx";
import { InviteCard } from "./InviteCard.tsx";
import styles from "./Start.module.css";
import { StartForm } from "./StartForm.tsx";

/** The empty state of somebody who has no conversation yet: what to do first. */
export function WelcomePane() {
  const { t } = useI18n();
  const { self } = useClient();
  return (
    <div className={styles.scroll}>
      <div className={styles.welcome}>
        <header className={styles.header}>
          <Mark size={44} />
          <h1 dir="auto">{t.start.welcome(self.username)}</h1>
          <p>{t.start.welcomeText}</p>
        </header>
        <StartForm />
        <section className={styles.invite}>
          <h2>{t.start.inviteTitle}</h2>
          <InviteCard self={self} />
        </section>
      </div>
    </div>
  );
}
