import { useEffect, useRef, useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import type { Row } from "./timeline.ts";

interface SpokenProps {
  rows: readonly Row[];
  name: string;
  typing: boolean;
}

/** Tells a screen reader of the partner's new messages, and that one is being written. */
export function Spoken({ rows, name, typing }: SpokenProps) {
  const { t } = useI18n();
  const newest = rows.at(-1)?.message;
  const known = useRef(newest?.key);
  const [text, setText] = useState("");
  const mine = rows.at(-1)?.mine ?? true;

  useEffect(() => {
    if (newest === undefined || newest.key === known.current) return;
    known.current = newest.key;
    if (!mine && !newest.deleted) setText(`${name}: ${newest.text}`);
  }, [newest, mine, name]);

  return (
    <div className="said">
      <p aria-live="polite">{text}</p>
      <p aria-live="polite">{typing ? t.people.isTyping(name) : ""}</p>
    </div>
  );
}
