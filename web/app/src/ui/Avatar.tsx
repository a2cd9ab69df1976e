import styles from "./Avatar.module.css";

const TINTS = 6;

/** One of a few tints, always the same for the same id. */
function tintOf(sub: string): number {
  let hash = 0;
  for (const character of sub) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash % TINTS;
}

/** The first letter as a reader sees it: one grapheme, not one code unit. */
function initialOf(name: string): string {
  const [first] = new Intl.Segmenter().segment(name.trim());
  return first?.segment.toLocaleUpperCase() ?? "·";
}

interface AvatarProps {
  sub: string;
  name: string;
  size?: "s" | "m" | "l";
  online?: boolean;
}

/** A person's initial on a tint of their own; the name always stands beside it. */
export function Avatar({ sub, name, size = "m", online = false }: AvatarProps) {
  return (
    <span className={styles.avatar} data-size={size} data-tint={tintOf(sub)} aria-hidden="true">
      {initialOf(name)}
      {online && <span className={styles.dot} />}
    </span>
  );
}
