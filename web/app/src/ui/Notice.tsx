import type { ReactNode } from "react";
import { Icon } from "./Icon.tsx";
import styles from "./Notice.module.css";

/** Fills a pane whose content cannot be shown: what happened, and what to do. */
export function Notice({ text, children }: { text: string; children?: ReactNode }) {
  return (
    <div className={styles.notice} role="alert">
      <span className={styles.icon}>
        <Icon name="alert" />
      </span>
      <p>{text}</p>
      {children}
    </div>
  );
}
