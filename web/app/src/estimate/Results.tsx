import { useState } from "react";
import type { Answer } from "./answer.ts";
import { Chart } from "./Chart.tsx";
import { Crossings } from "./Crossings.tsx";
import { Drivers } from "./Drivers.tsx";
import { Prices } from "./Prices.tsx";
import styles from "./Results.module.css";
import { Thousands } from "./Thousands.tsx";
import { Ways } from "./Ways.tsx";
import { useWords, wayName } from "./words/index.ts";

/** The answer, from the picture to what it rests on. */
export function Results({ answer }: { answer: Answer }) {
  const { w, n } = useWords();
  const [selected, setSelected] = useState("serverless");
  const way = answer.options.find(({ id }) => id === selected) ?? answer.options[0];
  const cheapest = answer.options.reduce((best, option) =>
    (option.usd ?? Infinity) < (best.usd ?? Infinity) ? option : best,
  );
  return (
    <div className={styles.results}>
      <p className={styles.cheapest} role="status">
        {cheapest.usd !== null &&
          w.cheapest(n.count(answer.usage.users), wayName(cheapest, w), n.usd(cheapest.usd))}
      </p>
      <Chart answer={answer} selected={selected} />
      <Ways options={answer.options} selected={selected} onSelect={setSelected} />
      {way && <Drivers way={way} />}
      <div className={styles.pair}>
        <Crossings answer={answer} />
        <Thousands answer={answer} />
      </div>
      <Prices prices={answer.prices} />
      <p className={styles.note}>
        <strong>{w.uncountedTitle}</strong>
        {answer.uncounted.map((one) => w.uncounted[one]).join(" · ")}
      </p>
    </div>
  );
}
