import {
  type ReactElement,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { Virtualizer, type VirtualizerHandle } from "virtua";
import { JumpButton } from "./JumpButton.tsx";
import { watched } from "../shell/notifications.ts";
import styles from "./Scroller.module.css";
import { grewAbove, type Row } from "./timeline.ts";

/** How far from the end still counts as reading the newest, in pixels. */
const AT_END = 48;
/** How close to the top older messages are asked for: before they are missed. */
const NEAR_TOP = 800;

interface ScrollerProps {
  label: string;
  rows: readonly Row[];
  /** How many others' messages have not been seen. */
  unread: number;
  hasOlder: boolean;
  onNearTop: () => void;
  /** The message of this seq, and so all before it, came before the reader's eyes. */
  onSeen: (seq: number) => void;
  children: (row: Row, index: number) => ReactElement;
}

/**
 * Scrolls a list of any length, rendering what is in view. Opens at the first
 * unread message; follows the newest while the reader is there; keeps their
 * place otherwise, also when older messages come in above.
 */
export function Scroller(props: ScrollerProps) {
  const { label, rows, unread, hasOlder, onNearTop, onSeen, children } = props;
  const list = useRef<VirtualizerHandle>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const lastTop = useRef(0);
  /** The opening place is reached; until then the offset says nothing about the reader. */
  const arrived = useRef(false);
  const [away, setAway] = useState(false);

  // The virtual list has to be told, in the very render that brings them, that
  // rows were added above and not below.
  const [laid, setLaid] = useState({ rows, shift: false });
  if (laid.rows !== rows) setLaid({ rows, shift: grewAbove(laid.rows, rows) });

  const look = useEffectEvent((): void => {
    const element = scroller.current;
    if (!element || !list.current) return;
    const { scrollTop, clientHeight, scrollHeight } = element;
    const atEnd = scrollHeight - scrollTop - clientHeight < AT_END;
    // Rows that turn out taller than thought take the end away, too: only going
    // up is the reader's own wish.
    if (atEnd) following.current = true;
    else if (scrollTop < lastTop.current) following.current = false;
    lastTop.current = scrollTop;
    setAway(!atEnd && !following.current);
    if (!arrived.current) return;
    if (hasOlder && scrollTop < NEAR_TOP) onNearTop();
    if (!watched()) return;
    const lowest = atEnd
      ? rows.length - 1
      : list.current.findItemIndex(scrollTop + clientHeight) - 1;
    // What is still on its way has no seq; the newest that has one counts.
    const seen = rows.slice(0, lowest + 1).findLast((row) => row.message.seq !== undefined);
    if (seen?.message.seq !== undefined) onSeen(seen.message.seq);
  });

  // Opening at the first unread message; otherwise at the end, which is followed.
  const opening = useEffectEvent((): void => {
    const firstUnread = rows.findIndex((row) => row.startsUnread);
    if (firstUnread < 0) return;
    following.current = false;
    list.current?.scrollToIndex(firstUnread, { align: "start" });
  });
  useLayoutEffect(() => {
    opening();
    // One frame lays out what the list thinks is there, the next what really is.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => {
        arrived.current = true;
        look();
      });
    });
    return () => {
      cancelAnimationFrame(frame);
    };
  }, []);

  // Sizes are known after layout and before paint: following here never flickers.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || !content.current) return;
    const onScroll = (): void => {
      look();
    };
    const observer = new ResizeObserver(() => {
      if (following.current) element.scrollTop = element.scrollHeight;
      look();
    });
    element.addEventListener("scroll", onScroll, { passive: true });
    observer.observe(element);
    observer.observe(content.current);
    return () => {
      element.removeEventListener("scroll", onScroll);
      observer.disconnect();
    };
  }, []);

  // Whoever writes wants to see it, wherever he was reading.
  const newest = rows.at(-1);
  const ownKey = newest?.mine ? newest.message.key : undefined;
  const known = useRef(ownKey);
  useLayoutEffect(() => {
    if (ownKey !== undefined && ownKey !== known.current) {
      following.current = true;
      list.current?.scrollToIndex(rows.length - 1, { align: "end" });
    }
    known.current = ownKey;
  }, [ownKey, rows.length]);

  useEffect(() => {
    look();
  }, [rows, hasOlder]);

  useEffect(() => {
    const listener = (): void => {
      look();
    };
    addEventListener("focus", listener);
    document.addEventListener("visibilitychange", listener);
    return () => {
      removeEventListener("focus", listener);
      document.removeEventListener("visibilitychange", listener);
    };
  }, []);

  return (
    <>
      <div
        ref={scroller}
        className={styles.scroller}
        role="log"
        // Scrolling brings rows in and out, which is nothing new: what is new
        // is announced by a region of its own.
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
            following.current = true;
            list.current?.scrollToIndex(rows.length - 1, { align: "end" });
          }}
        />
      )}
    </>
  );
}
