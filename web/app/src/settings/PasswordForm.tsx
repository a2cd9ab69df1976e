import { useState } from "react";
import { passwordProblem } from "../auth/rules.ts";
import { useI18n } from "../i18n/index.tsx";
import { useAccount } from "../state/context.tsx";
import { isCode, sentenceOf } from "../state/failures.ts";
import { Button } from "../ui/Button.tsx";
import { PasswordField } from "../ui/Field.tsx";
import { FormError } from "../ui/FormError.tsx";
import { useForm } from "../ui/useForm.ts";
import styles from "./PasswordForm.module.css";

export function PasswordForm({ name }: { name: string }) {
  const { t } = useI18n();
  const account = useAccount();
  const [changed, setChanged] = useState(false);
  const { busy, problems, formProps, field } = useForm(["current", "next"], {
    check: ({ current, next }) => ({
      current: current === "" ? t.errors.passwordRequired : undefined,
      next: passwordProblem(next, t),
    }),
    submit: async ({ current, next }) => {
      setChanged(false);
      await account.changePassword(current, next);
      setChanged(true);
    },
    explain: (error) =>
      // A session that is over ends by itself; here it can only be the password.
      isCode(error, "unauthorized") || isCode(error, "forbidden")
        ? { current: t.settings.currentWrong }
        : { form: sentenceOf(error, t) },
  });
  return (
    <form className={styles.form} {...formProps}>
      {/* Tells a password manager whose password this is. */}
      <input type="text" name="username" autoComplete="username" defaultValue={name} hidden />
      <PasswordField
        {...field("current")}
        label={t.settings.currentPassword}
        autoComplete="current-password"
      />
      <PasswordField
        {...field("next")}
        label={t.settings.nextPassword}
        hint={t.auth.passwordRule}
        autoComplete="new-password"
      />
      <FormError>{problems.form}</FormError>
      <p className={styles.changed} role="status">
        {changed ? t.settings.changed : ""}
      </p>
      <Button type="submit" busy={busy}>
        {busy ? t.settings.changing : t.settings.changePassword}
      </Button>
    </form>
  );
}
