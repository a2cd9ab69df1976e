import { useId } from "react";
import type { Answer } from "./answer.ts";
import styles from "./Lists.module.css";
import { useWords, wayName } from "./words/index.ts";

/** From how many people on one way is cheaper than another. */
export function Crossings({ answer }: { answer: Answer }) {
  const { w, n } = useWords();
  const id = useId();
  const nameOf = (id: string): string => {
    const option = answer.options.find((option) => option.id === id);
    // Another number of people may want another machine.
    return option ? wayName({ ...option, machine: "" }, w) : id;
  };
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{w.crossings}</h2>
      {answer.crossings.length === 0 ? (
        <p className={styles.none}>{w.noCrossings}</p>
      ) : (
        <ul className={styles.list}>
          {answer.crossings.map(({ users, cheaper, than }) => (
            <li key={`${users} ${cheaper} ${than}`}>
              {w.crossing(n.count(users), nameOf(cheaper), nameOf(than))}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
