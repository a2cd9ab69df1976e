import type { Failure } from "@aizuchi/sdk";
import { useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { useAccount } from "../state/context.tsx";
import { Button } from "../ui/Button.tsx";
import { Mark } from "../ui/Logo.tsx";
import { IssuerSignIn } from "./IssuerSignIn.tsx";
import { LocaleSwitch } from "./LocaleSwitch.tsx";
import styles from "./AuthPage.module.css";
import { SignInForm } from "./SignInForm.tsx";
import { SignUpForm } from "./SignUpForm.tsx";

interface AuthPageProps {
  /** Came by somebody's invite link: most likely without an account. */
  invited: boolean;
  /** The link is one into a room. */
  toRoom?: boolean;
  /** A session was here and is over. */
  ended: boolean;
  /** Why somebody came back from the issuer in vain. */
  problem?: Failure | undefined;
}

/** What those see who are not signed in. */
export function AuthPage({ invited, toRoom = false, ended, problem }: AuthPageProps) {
  const { t } = useI18n();
  const account = useAccount();
  return (
    <div className={styles.page}>
      <aside className={styles.cover} aria-hidden="true">
        <p className={styles.characters} lang="ja">
          相槌
          <span className={styles.seal} />
        </p>
      </aside>
      <main className={styles.main}>
        <div className={styles.card}>
          <header className={styles.header}>
            <p className={styles.brand}>
              <Mark size={36} />
              <span>{t.common.productName}</span>
            </p>
            <p className={styles.tagline}>{t.auth.tagline}</p>
          </header>
          {invited && (
            <p className={styles.notice}>{toRoom ? t.auth.invitedRoom : t.auth.invited}</p>
          )}
          {ended && !invited && (
            <p className={styles.notice} role="status">
              {t.auth.ended}
            </p>
          )}
          {account.byForm() && <Forms invited={invited} />}
          {account.byIssuer() && <IssuerSignIn problem={problem} beside={account.byForm()} />}
        </div>
        <LocaleSwitch />
      </main>
    </div>
  );
}

/** The application's own forms, one at a time. */
function Forms({ invited }: { invited: boolean }) {
  const { t } = useI18n();
  const [joining, setJoining] = useState(invited);
  return (
    <>
      {joining ? <SignUpForm /> : <SignInForm />}
      <p className={styles.other}>
        {joining ? t.auth.haveAccount : t.auth.newHere}
        <Button
          look="plain"
          onClick={() => {
            setJoining(!joining);
          }}
        >
          {joining ? t.auth.signIn : t.auth.signUp}
        </Button>
      </p>
    </>
  );
}
