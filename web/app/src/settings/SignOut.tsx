import { useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { navigate } from "../shell/useRoute.ts";
import { useAccount } from "../state/context.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import styles from "./SignOut.module.css";

export function SignOut() {
  const { t } = useI18n();
  const account = useAccount();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);

  const signOut = async (): Promise<void> => {
    setBusy(true);
    await account.signOut();
    navigate({ page: "home" }, { replace: true });
  };

  return (
    <div className={styles.signOut}>
      <p>{t.settings.signOutText}</p>
      <Button
        look="danger"
        icon="signOut"
        onClick={() => {
          setAsking(true);
        }}
      >
        {t.settings.signOut}
      </Button>
      {asking && (
        <Dialog
          title={t.settings.signOutConfirm}
          onClose={() => {
            setAsking(false);
          }}
        >
          <p className={styles.warning}>{t.settings.signOutWarning}</p>
          <div className={styles.buttons}>
            <Button
              onClick={() => {
                setAsking(false);
              }}
            >
              {t.common.cancel}
            </Button>
            <Button look="primary" busy={busy} onClick={() => void signOut()}>
              {t.settings.signOut}
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
