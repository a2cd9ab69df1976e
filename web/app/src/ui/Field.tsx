import { type InputHTMLAttributes, type ReactNode, type Ref, useId, useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { IconButton } from "./Button.tsx";
import styles from "./Field.module.css";
import { Icon } from "./Icon.tsx";

interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "id"> {
  label: string;
  /** What is expected, shown until there is an error to show. */
  hint?: string | undefined;
  error?: string | undefined;
  trailing?: ReactNode;
  ref?: Ref<HTMLInputElement>;
}

/** A text field with its label above and its hint or error below. */
export function Field({ label, hint, error, trailing, ...input }: FieldProps) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      <div className={styles.box} data-invalid={error ? true : undefined}>
        <input
          dir="auto"
          {...input}
          id={id}
          className={styles.input}
          aria-invalid={error ? true : undefined}
          aria-describedby={note ? `${id}-note` : undefined}
        />
        {trailing}
      </div>
      {/* Always there, so that a screen reader hears a change in it. */}
      <p
        id={`${id}-note`}
        className={styles.note}
        data-error={error ? true : undefined}
        aria-live="polite"
      >
        {error && <Icon name="alert" />}
        {note}
      </p>
    </div>
  );
}

/** A password field that can be looked at. */
export function PasswordField(props: Omit<FieldProps, "type" | "trailing">) {
  const { t } = useI18n();
  const [shown, setShown] = useState(false);
  return (
    <Field
      {...props}
      type={shown ? "text" : "password"}
      autoCapitalize="none"
      autoCorrect="off"
      spellCheck={false}
      trailing={
        <IconButton
          icon={shown ? "eyeOff" : "eye"}
          label={shown ? t.auth.hidePassword : t.auth.showPassword}
          onClick={() => {
            setShown(!shown);
          }}
        />
      }
    />
  );
}
