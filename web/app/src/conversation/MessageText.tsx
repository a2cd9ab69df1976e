import { memo } from "react";
import { piecesOf } from "./links.ts";
import styles from "./MessageText.module.css";

/** The words of a message as they were written, with its links to follow. */
export const MessageText = memo(function MessageText({ text }: { text: string }) {
  return (
    <span className={styles.text} dir="auto">
      {piecesOf(text).map((piece, index) =>
        piece.href === undefined ? (
          piece.text
        ) : (
          <a key={index} href={piece.href} target="_blank" rel="noopener noreferrer">
            {piece.text}
          </a>
        ),
      )}
    </span>
  );
});
