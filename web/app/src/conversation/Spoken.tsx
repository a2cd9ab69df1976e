import { useState } from "react";
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
  const newest = rows.at(-1);
  const [spoken, setSpoken] = useState({ key: newest?.message.key, text: "" });
  if (newest && newest.message.key !== spoken.key) {
    const { key, text, deleted } = newest.message;
    const silent = newest.mine || deleted === true;
    setSpoken({ key, text: silent ? spoken.text : `${name}: ${text}` });
  }

  return (
    <div className="said">
      <p aria-live="polite">{spoken.text}</p>
      <p aria-live="polite">{typing ? t.people.isTyping(name) : ""}</p>
    </div>
  );
}
