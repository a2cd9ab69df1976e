import type { ReactNode } from "react";
import { Icon } from "./Icon.tsx";
import styles from "./Notice.module.css";

interface NoticeProps {
  text: string;
  /** The text is all that the page has for a heading. */
  heading?: boolean;
  children?: ReactNode;
}

/** Fills a pane whose content cannot be shown: what happened, and what to do. */
export function Notice({ text, heading = false, children }: NoticeProps) {
  return (
    <div className={styles.notice} role="alert">
      <span className={styles.icon}>
        <Icon name="alert" />
      </span>
      {heading ? <h1>{text}</h1> : <p>{text}</p>}
      {children}
    </div>
  );
}
