import { type ReactElement, useState } from "react";
import { Virtualizer } from "virtua";
import { JumpButton } from "./JumpButton.tsx";
import styles from "./Scroller.module.css";
import { grewAbove, type Row } from "./timeline.ts";
import { type ScrollOptions, useScroll } from "./useScroll.ts";

interface ScrollerProps extends ScrollOptions {
  label: string;
  /** How many others' messages have not been seen. */
  unread: number;
  /** Leads to the newest, where that is not among the rows. */
  onLeave: () => void;
  children: (row: Row, index: number) => ReactElement;
}

/** Scrolls messages, however many, of which only those in view are rendered. */
export function Scroller({ label, unread, onLeave, children, ...options }: ScrollerProps) {
  const { rows } = options;
  const { list, scroller, content, away, toEnd } = useScroll(options);

  // The virtual list has to be told, in the very render that brings them, that rows were added
  // above and not below.
  const [laid, setLaid] = useState({ rows, shift: false });
  if (laid.rows !== rows) setLaid({ rows, shift: grewAbove(laid.rows, rows) });

  return (
    <>
      <div
        ref={scroller}
        className={styles.scroller}
        role="log"
        // Scrolling brings rows in and out, which is nothing new: what is new is announced by a
        // region of its own.
        aria-live="off"
        aria-label={label}
        tabIndex={0}
      >
        <div className={styles.air} />
        <div ref={content}>
          <Virtualizer
            ref={list}
            scrollRef={scroller}
            data={laid.rows}
            shift={laid.shift}
            itemSize={48}
          >
            {children}
          </Virtualizer>
        </div>
      </div>
      {away && (
        <JumpButton
          unread={unread}
          onClick={() => {
            // At once: thousands of messages are no way to glide.
            if (options.hasNewer) onLeave();
            else toEnd();
            // The button goes, and the focus with it.
            scroller.current?.focus();
          }}
        />
      )}
    </>
  );
}
