import { useId } from "react";
import type { Price } from "./answer.ts";
import styles from "./Table.module.css";
import { useWords, type Words } from "./words/index.ts";

/** The prices that all of it rests on, and which of them are old. */
export function Prices({ prices }: { prices: readonly Price[] }) {
  const { w, n } = useWords();
  const id = useId();
  const count = (of: Price["freshness"]): number =>
    prices.filter(({ freshness }) => freshness === of).length;
  const [old, undated] = [count("old"), count("undated")];
  return (
    <div>
      <h2 id={id}>{w.prices}</h2>
      <div className={styles.scroll} tabIndex={0} role="region" aria-labelledby={id}>
        <table className={styles.table} aria-labelledby={id}>
          <thead>
            <tr>
              <th scope="col">{w.price}</th>
              <th scope="col" className={styles.number}>
                USD
              </th>
              <th scope="col" className={styles.number}>
                {w.per}
              </th>
              <th scope="col">{w.date}</th>
              <th scope="col">{w.source}</th>
            </tr>
          </thead>
          <tbody>
            {prices.map((price) => (
              <tr key={price.id}>
                <th scope="row">{price.name ?? w.items[price.id] ?? price.id}</th>
                <td className={styles.number}>{n.price(price.usd)}</td>
                <td className={styles.number}>
                  {price.name === undefined ? n.count(price.per) : w.people(n.count(price.per))}
                </td>
                <td className={styles.date}>
                  {price.date} <Age price={price} w={w} />
                </td>
                <td>
                  {price.at === "" ? (
                    sourceText(price.source, w)
                  ) : (
                    <a href={price.at} target="_blank" rel="noreferrer">
                      {sourceText(price.source, w)}
                    </a>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={styles.note}>
        {old > 0 && w.oldPrices(old)} {undated > 0 && w.undatedPrices(undated)}
      </p>
    </div>
  );
}

function Age({ price: { freshness }, w }: { price: Price; w: Words }) {
  if (freshness === "current") return null;
  return (
    <span className={styles.badge} data-freshness={freshness}>
      {w.freshness[freshness]}
    </span>
  );
}

/** The sources that the built-in prices have, in the reader's language; others as they are. */
function sourceText(source: string, w: Words): string {
  switch (source) {
    case "AWS list price":
      return w.sources.aws;
    case "AWS re:Post":
      return w.sources.rePost;
    case "a third party's transcription":
      return w.sources.transcription;
    default:
      return source;
  }
}
