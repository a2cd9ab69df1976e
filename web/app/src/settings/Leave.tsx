import { useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { navigate } from "../shell/useRoute.ts";
import { useAccount } from "../state/context.tsx";
import { isCode, sentenceOf } from "../state/failures.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { PasswordField } from "../ui/Field.tsx";
import { FormError } from "../ui/FormError.tsx";
import { useForm } from "../ui/useForm.ts";
import forms from "./PasswordForm.module.css";
import styles from "./SignOut.module.css";
import { useWords } from "./words.ts";

/** The way to delete one's account. */
export function Leave() {
  const words = useWords();
  const [asking, setAsking] = useState(false);
  return (
    <div className={styles.signOut}>
      <p>{words.leaveText}</p>
      <Button
        look="danger"
        onClick={() => {
          setAsking(true);
        }}
      >
        {words.leave}
      </Button>
      {asking && (
        <Dialog
          title={words.leaveConfirm}
          onClose={() => {
            setAsking(false);
          }}
        >
          <LeaveForm
            onCancel={() => {
              setAsking(false);
            }}
          />
        </Dialog>
      )}
    </div>
  );
}

function LeaveForm({ onCancel }: { onCancel: () => void }) {
  const { t } = useI18n();
  const words = useWords();
  const account = useAccount();
  // Who came by another issuer's pages may have no password here.
  const needed = !account.byIssuer();
  const { busy, problems, formProps, field } = useForm(["password"], {
    check: ({ password }) => ({
      password: needed && password === "" ? t.errors.passwordRequired : undefined,
    }),
    submit: async ({ password }) => {
      await account.leave(password === "" ? undefined : password);
      navigate({ page: "home" }, { replace: true });
    },
    explain: (error) =>
      isCode(error, "unauthorized")
        ? { password: words.leaveWrong }
        : { form: isCode(error, "forbidden") ? words.leaveStale : sentenceOf(error, t) },
  });
  return (
    <form className={forms.form} {...formProps}>
      <p className={styles.warning}>{words.leaveWarning}</p>
      {account.byForm() && (
        <PasswordField
          {...field("password")}
          label={words.leavePassword}
          autoComplete="current-password"
        />
      )}
      <FormError>{problems.form}</FormError>
      <div className={styles.buttons}>
        <Button onClick={onCancel}>{t.common.cancel}</Button>
        <Button type="submit" look="danger" busy={busy}>
          {busy ? words.leaving : words.leave}
        </Button>
      </div>
    </form>
  );
}
