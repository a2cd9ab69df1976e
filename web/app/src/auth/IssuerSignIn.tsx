import type { Failure } from "@aizuchi/sdk";
import { useState } from "react";
import type { Dictionary } from "../i18n/en.ts";
import { useI18n } from "../i18n/index.tsx";
import { useAccount } from "../state/context.tsx";
import { failureText, sentenceOf } from "../state/failures.ts";
import { Button } from "../ui/Button.tsx";
import { FormError } from "../ui/FormError.tsx";
import styles from "./AuthPage.module.css";

interface IssuerSignInProps {
  /** What came of the last try. */
  problem: Failure | undefined;
  /** The application's own forms are above, so that this is the other way. */
  beside: boolean;
}

/** The way to another issuer's sign-in. */
export function IssuerSignIn({ problem, beside }: IssuerSignInProps) {
  const { t } = useI18n();
  const account = useAccount();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>();

  const leave = async (): Promise<void> => {
    setBusy(true);
    setFailed(undefined);
    try {
      await account.goToIssuer();
    } catch (error) {
      setFailed(error);
    }
    // Who comes back by the browser's button finds the page as it is now.
    setBusy(false);
  };

  return (
    <div className={beside ? styles.beside : styles.form}>
      {!beside && <h1>{t.auth.signInTitle}</h1>}
      <FormError>
        {failed !== undefined ? sentenceOf(failed, t) : problem && returnText(problem, t)}
      </FormError>
      <Button look={beside ? "quiet" : "primary"} busy={busy} onClick={() => void leave()}>
        {busy ? t.auth.signingIn : beside ? t.auth.otherWays : t.auth.signIn}
      </Button>
    </div>
  );
}

/** Why somebody came back from the issuer and is not signed in. */
function returnText(problem: Failure, t: Dictionary): string {
  switch (problem.code) {
    case "invalid_request":
      return t.auth.beginAgain;
    case "forbidden":
      return t.auth.issuerRefused;
    default:
      return failureText(problem, t);
  }
}
