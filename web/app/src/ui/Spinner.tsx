import styles from "./Spinner.module.css";

/** Something is on its way. Shows itself only when it takes a while. */
export function Spinner({ label }: { label: string }) {
  return (
    <div className={styles.spinner} role="status">
      <span className={styles.dots} aria-hidden="true">
        <span />
        <span />
        <span />
      </span>
      <span className="said">{label}</span>
    </div>
  );
}
