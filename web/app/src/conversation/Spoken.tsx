import { useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { useWords } from "../rooms/words.ts";
import type { Row } from "./timeline.ts";

interface SpokenProps {
  rows: readonly Row[];
  nameOf: (sub: string) => string;
  typing: readonly string[];
}

/** Tells a screen reader of others' new messages, and that one is being written. */
export function Spoken({ rows, nameOf, typing }: SpokenProps) {
  const { t } = useI18n();
  const words = useWords();
  const newest = rows.at(-1);
  const [spoken, setSpoken] = useState({ key: newest?.message.key, text: "" });
  if (newest && newest.message.key !== spoken.key) {
    const { key, text, fromSub, deleted, change } = newest.message;
    const silent = newest.mine || deleted === true || change !== undefined;
    setSpoken({ key, text: silent ? spoken.text : `${nameOf(fromSub)}: ${text}` });
  }

  return (
    <div className="said">
      <p aria-live="polite">{spoken.text}</p>
      <p aria-live="polite">
        {typing.length > 0 ? t.people.isTyping(words.list.format(typing.map(nameOf))) : ""}
      </p>
    </div>
  );
}
