import { useI18n } from "../i18n/index.tsx";
import { useAccount } from "../state/context.tsx";
import { isCode, sentenceOf } from "../state/failures.ts";
import { Button } from "../ui/Button.tsx";
import { Field, PasswordField } from "../ui/Field.tsx";
import { FormError } from "../ui/FormError.tsx";
import { useForm } from "../ui/useForm.ts";
import styles from "./AuthPage.module.css";

export function SignInForm() {
  const { t } = useI18n();
  const account = useAccount();
  const { busy, problems, formProps, field } = useForm(["name", "password"], {
    check: ({ name, password }) => ({
      name: name.trim() === "" ? t.errors.nameRequired : undefined,
      password: password === "" ? t.errors.passwordRequired : undefined,
    }),
    submit: ({ name, password }) => account.signIn(name.trim(), password),
    explain: (error) => ({
      form:
        isCode(error, "unauthorized") || isCode(error, "invalid_request")
          ? t.errors.wrongCredentials
          : sentenceOf(error, t),
    }),
  });
  return (
    <form className={styles.form} {...formProps}>
      <h1>{t.auth.signInTitle}</h1>
      <Field
        {...field("name")}
        label={t.auth.name}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
      />
      <PasswordField
        {...field("password")}
        label={t.auth.password}
        autoComplete="current-password"
      />
      <FormError>{problems.form}</FormError>
      <Button type="submit" look="primary" busy={busy}>
        {busy ? t.auth.signingIn : t.auth.signIn}
      </Button>
    </form>
  );
}
