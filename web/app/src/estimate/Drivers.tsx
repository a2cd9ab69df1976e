import { useId } from "react";
import type { Option } from "./answer.ts";
import styles from "./Drivers.module.css";
import { notes } from "./Ways.tsx";
import { useWords, wayName } from "./words/index.ts";

/** Shares below this are no drivers, in what is shown of them. */
const LEAST_SHARE = 0.005;

/** What drives the cost of one way, by what is done and by what is billed. */
export function Drivers({ way }: { way: Option }) {
  const { w, n } = useWords();
  const id = useId();
  const known = notes(way, w, n);
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{w.drivers(wayName(way, w))}</h2>
      {known.map((note) => (
        <p key={note} className={styles.note}>
          {note}
        </p>
      ))}
      {way.items.length > 0 ? (
        <div className={styles.both}>
          <Bars
            title={w.done}
            bars={way.causes.map((one) => ({ ...one, name: w.causes[one.cause] }))}
          />
          <Bars
            title={w.billed}
            bars={way.items.map((one) => ({ ...one, name: w.items[one.item] ?? one.item }))}
          />
        </div>
      ) : (
        way.usd !== null && <p className={styles.note}>{w.onePrice}</p>
      )}
    </section>
  );
}

interface BarsProps {
  title: string;
  bars: readonly { name: string; usd: number; share: number }[];
}

function Bars({ title, bars }: BarsProps) {
  const { n } = useWords();
  const id = useId();
  return (
    <div>
      <h3 id={id} className={styles.title}>
        {title}
      </h3>
      <ul className={styles.bars} aria-labelledby={id}>
        {bars
          .filter(({ share }) => share >= LEAST_SHARE)
          .map(({ name, usd, share }) => (
            <li key={name}>
              <span>{name}</span>
              <span className={styles.usd}>{n.usd(usd)}</span>
              <span className={styles.share}>{n.percent(share)}</span>
              <span className={styles.bar} style={{ width: `${share * 100}%` }} />
            </li>
          ))}
      </ul>
    </div>
  );
}
