import { type ReactNode, useId, useLayoutEffect, useRef } from "react";
import { useI18n } from "../i18n/index.tsx";
import { IconButton } from "./Button.tsx";
import styles from "./Dialog.module.css";

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

/**
 * A dialog over the page, open for as long as it is rendered. The native element
 * keeps focus inside, closes on Escape and gives focus back.
 */
export function Dialog({ title, onClose, children }: DialogProps) {
  const { t } = useI18n();
  const titleId = useId();
  const ref = useRef<HTMLDialogElement>(null);

  // Before it leaves the page: only then the focus goes back to where it was.
  useLayoutEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    // The browser takes what comes first, which is the button that closes.
    dialog?.querySelector("input")?.focus();
    return () => dialog?.close();
  }, []);

  return (
    <dialog
      ref={ref}
      className={styles.dialog}
      aria-labelledby={titleId}
      onCancel={(event) => {
        // Closing is the owner's to do, by no longer rendering this.
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        // The content covers the whole dialog, so the element itself is hit
        // only through its backdrop.
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div className={styles.content}>
        <header className={styles.header}>
          <h2 id={titleId}>{title}</h2>
          <IconButton icon="close" label={t.common.close} onClick={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  );
}
