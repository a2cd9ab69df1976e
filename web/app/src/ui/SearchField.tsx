import type { ComponentPropsWithRef } from "react";
import { Icon } from "./Icon.tsx";
import styles from "./SearchField.module.css";

interface SearchFieldProps extends ComponentPropsWithRef<"input"> {
  label: string;
  /** Of the whole field. */
  className?: string | undefined;
}

/** A field for what is looked for. */
export function SearchField({ label, className, ...input }: SearchFieldProps) {
  return (
    <label className={className === undefined ? styles.field : `${styles.field} ${className}`}>
      <Icon name="search" />
      <span className="said">{label}</span>
      <input
        type="search"
        dir="auto"
        placeholder={label}
        autoComplete="off"
        enterKeyHint="search"
        {...input}
      />
    </label>
  );
}
