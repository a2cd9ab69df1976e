import { useEffect, useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import styles from "./CopyField.module.css";
import { Icon } from "./Icon.tsx";

/** How long the tick stands after a copy, in milliseconds. */
const TICK = 2_000;

interface CopyFieldProps {
  label: string;
  value: string;
  /** What the button does, in words. */
  copyLabel: string;
}

/** A value to hand on, with a button that copies it. */
export function CopyField({ label, value, copyLabel }: CopyFieldProps) {
  const { t } = useI18n();
  const [copied, setCopied] = useState(false);

  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => {
      setCopied(false);
    }, TICK);
    return () => {
      clearTimeout(timer);
    };
  }, [copied]);

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
    } catch {
      // No clipboard (plain http, or refused): the value is selectable beside it.
    }
  };

  return (
    <div className={styles.field}>
      <p className={styles.label}>{label}</p>
      <div className={styles.box}>
        <output className={styles.value} dir="ltr">
          {value}
        </output>
        <button
          type="button"
          className={styles.copy}
          aria-label={copyLabel}
          onClick={() => void copy()}
        >
          <Icon name={copied ? "check" : "copy"} />
          <span>{copied ? t.common.copied : t.common.copy}</span>
        </button>
      </div>
      <p className="said" role="status">
        {copied ? t.common.copied : ""}
      </p>
    </div>
  );
}
