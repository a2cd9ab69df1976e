import { useState } from "react";
import { lineOf } from "../files/kinds.ts";
import { useFileWords } from "../files/words.ts";
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
  const fileWords = useFileWords();
  const newest = rows.at(-1);
  const [spoken, setSpoken] = useState({ key: newest?.message.key, text: "" });
  if (newest && newest.message.key !== spoken.key) {
    const { key, fromSub, deleted, change } = newest.message;
    const text = lineOf(newest.message, fileWords);
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
