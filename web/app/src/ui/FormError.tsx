import styles from "./FormError.module.css";
import { Icon } from "./Icon.tsx";

/** What is wrong with a form as a whole; nothing while there is nothing wrong. */
export function FormError({ children }: { children: string | undefined }) {
  if (children === undefined) return null;
  return (
    <div role="alert" className={styles.error}>
      <Icon name="alert" />
      <p>{children}</p>
    </div>
  );
}
