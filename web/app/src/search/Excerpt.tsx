import type { Hit } from "@aizuchi/sdk";
import styles from "./Search.module.css";

/** A message around what was found in it. */
export function Excerpt({ hit: { excerpt, highlights } }: { hit: Hit }) {
  const pieces = highlights.flatMap(([from, to], index) => [
    excerpt.slice(highlights[index - 1]?.[1] ?? 0, from),
    <mark key={from}>{excerpt.slice(from, to)}</mark>,
  ]);
  return (
    <bdi className={styles.excerpt}>
      {pieces}
      {excerpt.slice(highlights.at(-1)?.[1] ?? 0)}
    </bdi>
  );
}
