import { useId } from "react";
import type { Option } from "./answer.ts";
import { Swatch } from "./Chart.tsx";
import type { Numbers } from "./numbers.ts";
import styles from "./Table.module.css";
import { useWords, wayName, type Words } from "./words/index.ts";

/** As many causes are named. */
const CAUSES = 3;

interface WaysProps {
  options: readonly Option[];
  selected: string;
  onSelect: (id: string) => void;
}

/** Each way with its cost and what drives it; one of them is looked at more closely. */
export function Ways({ options, selected, onSelect }: WaysProps) {
  const { w, n } = useWords();
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{w.table}</h2>
      <table className={styles.table} aria-labelledby={id}>
        <thead>
          <tr>
            <th scope="col">{w.way}</th>
            <th scope="col" className={styles.number}>
              {w.month}
            </th>
            <th scope="col" className={styles.number}>
              {w.each}
            </th>
            <th scope="col" className={styles.wide}>
              {w.drives}
            </th>
          </tr>
        </thead>
        <tbody>
          {options.map((option) => (
            <tr key={option.id} data-selected={option.id === selected ? true : undefined}>
              <th scope="row">
                <button
                  type="button"
                  className={styles.way}
                  aria-pressed={option.id === selected}
                  title={w.select}
                  onClick={() => {
                    onSelect(option.id);
                  }}
                >
                  <Swatch way={option.id} />
                  <span>{wayName(option, w)}</span>
                </button>
              </th>
              <td className={styles.number}>{option.usd === null ? "–" : n.usd(option.usd)}</td>
              <td className={styles.number}>
                {option.usdEach === null ? "–" : n.usd(option.usdEach)}
              </td>
              <td className={styles.wide}>{driversText(option, w, n)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** In a line: why there is no figure, what is to be known of it, or what drives it. */
function driversText(option: Option, w: Words, n: Numbers): string {
  const known = notes(option, w, n);
  if (known.length > 0 || option.name !== undefined) return known.join(" ");
  return option.causes
    .slice(0, CAUSES)
    .filter(({ share }) => share >= 0.005)
    .map(({ cause, share }) => `${w.causes[cause]} ${n.percent(share)}`)
    .join(" · ");
}

/** What is to be known of a way beside its figures. */
export function notes({ reason, remarks }: Option, w: Words, n: Numbers): string[] {
  const all: string[] = [];
  if (reason?.code === "beyond-plan") all.push(w.beyondPlan(n.count(reason.users)));
  if (reason?.code === "beyond-machines") all.push(w.beyondMachines);
  for (const remark of remarks) {
    all.push(
      remark.code === "unconfirmed"
        ? w.unconfirmed
        : w.peak(n.count(remark.most), n.count(remark.expected)),
    );
  }
  return all;
}
