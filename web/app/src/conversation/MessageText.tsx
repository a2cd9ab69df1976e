import { memo, type ReactNode } from "react";
import { useClient } from "../state/context.tsx";
import { formatted, type Named, type Piece } from "./format.ts";
import styles from "./MessageText.module.css";

interface MessageTextProps {
  text: string;
  /** Whom it mentions. */
  mentioned: readonly Named[];
}

/** The words of a message: with its links to follow, and what is marked in it. */
export const MessageText = memo(
  function MessageText({ text, mentioned }: MessageTextProps) {
    const { self } = useClient();
    return (
      <span className={styles.text} dir="auto">
        {formatted(text, mentioned).map((piece, index) => rendered(piece, index, self.sub))}
      </span>
    );
  },
  (before, after) =>
    before.text === after.text &&
    before.mentioned.length === after.mentioned.length &&
    before.mentioned.every(({ username }, index) => username === after.mentioned[index]?.username),
);

function rendered(piece: Piece, key: number, self: string): ReactNode {
  switch (piece.kind) {
    case "text":
      return piece.text;
    case "code":
      return (
        <code key={key} className={styles.code}>
          {piece.text}
        </code>
      );
    case "block":
      return (
        <code key={key} className={styles.block}>
          {piece.text}
        </code>
      );
    case "mention":
      return (
        <span key={key} className={styles.mention} data-self={piece.sub === self || undefined}>
          {piece.text}
        </span>
      );
    case "link":
      return (
        <a key={key} href={piece.href} target="_blank" rel="noopener noreferrer">
          {piece.text}
        </a>
      );
    case "bold":
      return (
        <strong key={key}>
          {piece.pieces.map((inner, index) => rendered(inner, index, self))}
        </strong>
      );
  }
}
