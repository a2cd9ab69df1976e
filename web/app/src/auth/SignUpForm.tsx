import { useI18n } from "../i18n/index.tsx";
import { useAccount } from "../state/context.tsx";
import { isCode, sentenceOf } from "../state/failures.ts";
import { Button } from "../ui/Button.tsx";
import { Field, PasswordField } from "../ui/Field.tsx";
import { FormError } from "../ui/FormError.tsx";
import { useForm } from "../ui/useForm.ts";
import styles from "./AuthPage.module.css";
import { nameProblem, passwordProblem } from "./rules.ts";

export function SignUpForm() {
  const { t } = useI18n();
  const account = useAccount();
  const { busy, problems, formProps, field } = useForm(["name", "password"], {
    check: ({ name, password }) => ({
      name: nameProblem(name.trim(), t),
      password: passwordProblem(password, t),
    }),
    submit: ({ name, password }) => account.signUp(name.trim(), password),
    explain: (error) => {
      if (isCode(error, "conflict")) return { name: t.errors.nameTaken };
      if (isCode(error, "invalid_request")) return { name: t.errors.nameInvalid };
      return { form: sentenceOf(error, t) };
    },
  });
  return (
    <form className={styles.form} {...formProps}>
      <h1>{t.auth.signUpTitle}</h1>
      <Field
        {...field("name")}
        label={t.auth.name}
        hint={t.auth.nameRule}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
      />
      <PasswordField
        {...field("password")}
        label={t.auth.password}
        hint={t.auth.passwordRule}
        autoComplete="new-password"
      />
      <FormError>{problems.form}</FormError>
      <Button type="submit" look="primary" busy={busy}>
        {busy ? t.auth.signingUp : t.auth.signUp}
      </Button>
    </form>
  );
}
