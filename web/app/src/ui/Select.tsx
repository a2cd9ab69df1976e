import { useId } from "react";
import styles from "./Select.module.css";

interface SelectProps<T extends string> {
  label: string;
  /** The label is for screen readers alone. */
  bare?: boolean;
  value: T;
  options: readonly { value: T; label: string }[];
  disabled?: boolean;
  /** The id of what explains it. */
  describedBy?: string | undefined;
  onChange: (value: T) => void;
}

/** One of several, chosen from a list that opens. */
export function Select<T extends string>(props: SelectProps<T>) {
  const { label, bare = false, value, options, disabled, describedBy, onChange } = props;
  const id = useId();
  return (
    <div className={styles.select}>
      <label htmlFor={id} className={bare ? "said" : undefined}>
        {label}
      </label>
      <select
        id={id}
        value={value}
        disabled={disabled}
        aria-describedby={describedBy}
        onChange={(event) => {
          const chosen = options.find((option) => option.value === event.target.value);
          if (chosen) onChange(chosen.value);
        }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}
