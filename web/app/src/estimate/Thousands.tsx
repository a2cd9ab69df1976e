import { useId } from "react";
import type { Answer } from "./answer.ts";
import styles from "./Lists.module.css";
import { useWords } from "./words/index.ts";

/** What a thousand of something costs in the serverless shape. */
export function Thousands({ answer }: { answer: Answer }) {
  const { w, n } = useWords();
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{w.thousandsTitle}</h2>
      <dl className={styles.list}>
        {answer.unitCosts.map(({ thousand, usd }) => (
          <div key={thousand} className={styles.row}>
            <dt>{w.thousands[thousand]}</dt>
            <dd>{n.usd(usd)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
