import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { IconButton } from "../ui/Button.tsx";
import { Spinner } from "../ui/Spinner.tsx";
import styles from "./EmojiButton.module.css";
import { useEmojiWords } from "./words.ts";

const EmojiPicker = lazy(() => import("./EmojiPicker.tsx"));

interface EmojiButtonProps {
  onPick: (emoji: string) => void;
  /** Focus is to go back to where it was. */
  onClose: () => void;
}

/** Opens all emoji beside what is written; several may be chosen. */
export function EmojiButton({ onPick, onClose }: EmojiButtonProps) {
  const words = useEmojiWords();
  const around = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);

  useEffect(() => {
    if (!open) return;
    const outside = (event: PointerEvent): void => {
      if (event.target instanceof Node && !around.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener("pointerdown", outside);
    return () => {
      document.removeEventListener("pointerdown", outside);
    };
  }, [open]);

  return (
    <div
      ref={around}
      className={styles.around}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open || event.nativeEvent.isComposing) return;
        event.preventDefault();
        event.stopPropagation();
        setOpen(false);
        onClose();
      }}
    >
      <IconButton
        icon="smile"
        className={styles.button}
        label={words.open}
        aria-expanded={open}
        aria-haspopup="dialog"
        onClick={() => {
          setOpen(!open);
        }}
      />
      {open && (
        <div className={styles.panel} role="dialog" aria-label={words.title}>
          <Suspense fallback={<Spinner label={words.loading} />}>
            <EmojiPicker onPick={onPick} />
          </Suspense>
        </div>
      )}
    </div>
  );
}
