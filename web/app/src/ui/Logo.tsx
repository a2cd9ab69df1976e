import styles from "./Logo.module.css";

/** The mark: one who speaks, and the small dot of one who nods. */
export function Mark({ size = 32 }: { size?: number }) {
  return (
    <svg
      className={styles.mark}
      viewBox="0 0 32 32"
      width={size}
      height={size}
      aria-hidden="true"
      focusable="false"
    >
      <path
        className={styles.voice}
        d="M14 3a11 11 0 0 1 10.9 12.5 7.2 7.2 0 0 0-6.6 9.6A11.2 11.2 0 0 1 9.4 24.1L4.3 25.6a1 1 0 0 1-1.2-1.3l1.7-4.6A11 11 0 0 1 14 3z"
      />
      <circle className={styles.nod} cx="25" cy="22.7" r="4.7" />
    </svg>
  );
}
