import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from "react";
import type { VirtualizerHandle } from "virtua";
import { watched } from "../shell/notifications.ts";
import type { Kept, Spot } from "./kept.ts";
import { newestSeq, type Row } from "./timeline.ts";

/** How far from the end still counts as reading the newest, in pixels. */
const AT_END = 48;
/** How close to the top older messages are asked for: before they are missed. */
const NEAR_TOP = 800;

function spotAt(list: VirtualizerHandle, rows: readonly Row[], top: number): Spot | undefined {
  const index = list.findItemIndex(top);
  const seq = newestSeq(rows, index + 1);
  return seq === undefined ? undefined : { seq, offset: top - list.getItemOffset(index) };
}

/** What scrolling tells of, and what it depends on. */
export interface ScrollOptions {
  readonly rows: readonly Row[];
  readonly hasOlder: boolean;
  /** There are newer ones than these rows. */
  readonly hasNewer: boolean;
  /** The message at which to open. */
  readonly target: number | undefined;
  /** Where one read when one went to look elsewhere in this conversation. */
  readonly kept: Kept;
  readonly onNearTop: () => void;
  readonly onNearEnd: () => void;
  /** The message of this seq, and so all before it, came before the reader's eyes. */
  readonly onSeen: (seq: number) => void;
}

/**
 * Where the reader is in a list of messages: opens at the first unread one, follows the newest while
 * the reader is there, and otherwise leaves them their place.
 */
export function useScroll(options: ScrollOptions) {
  const { rows, hasOlder, hasNewer, target, kept, onNearTop, onNearEnd, onSeen } = options;
  const list = useRef<VirtualizerHandle>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(target === undefined);
  const lastTop = useRef(0);
  /** The opening place is reached; until then the offset says nothing about the reader. */
  const arrived = useRef(false);
  const [away, setAway] = useState(false);

  const look = useEffectEvent((): void => {
    const element = scroller.current;
    if (!element || !list.current) return;
    const { scrollTop, clientHeight, scrollHeight } = element;
    const atEnd = scrollHeight - scrollTop - clientHeight < AT_END;
    // Rows that turn out taller than thought take the end away, too: only going up is the reader's
    // own wish.
    if (atEnd) following.current = !hasNewer;
    else if (scrollTop < lastTop.current) following.current = false;
    lastTop.current = scrollTop;
    setAway(hasNewer || (!atEnd && !following.current));
    if (!arrived.current) return;
    if (target === undefined)
      kept.set(following.current ? undefined : spotAt(list.current, rows, scrollTop));
    const below = scrollHeight - scrollTop - clientHeight;
    if (hasNewer && below < NEAR_TOP) onNearEnd();
    if (hasOlder && scrollTop < NEAR_TOP) onNearTop();
    // What lies between these rows and the newest has not been seen.
    if (!watched() || hasNewer) return;
    const bottom = list.current.findItemIndex(scrollTop + clientHeight);
    const seen = newestSeq(rows, atEnd ? rows.length : bottom);
    if (seen !== undefined) onSeen(seen);
  });

  const toEnd = (): void => {
    following.current = true;
    list.current?.scrollToIndex(rows.length - 1, { align: "end" });
  };

  const open = useEffectEvent((): void => {
    const spot = kept.get();
    const goal = target ?? spot?.seq;
    if (goal !== undefined) {
      const index = rows.findLastIndex(({ message }) => (message.seq ?? Infinity) <= goal);
      following.current = false;
      list.current?.scrollToIndex(
        Math.max(index, 0),
        target === undefined ? { align: "start", offset: spot?.offset ?? 0 } : { align: "center" },
      );
      return;
    }
    const firstUnread = rows.findIndex((row) => row.startsUnread);
    if (firstUnread < 0) return;
    following.current = false;
    list.current?.scrollToIndex(firstUnread, { align: "start" });
  });
  useLayoutEffect(() => {
    open();
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
    const observer = new ResizeObserver(() => {
      if (following.current) element.scrollTop = element.scrollHeight;
      look();
    });
    observer.observe(element);
    observer.observe(content.current);
    return () => {
      observer.disconnect();
    };
  }, []);

  // Whoever writes wants to see it, wherever they were reading.
  const newest = rows.at(-1);
  const ownKey = newest?.mine ? newest.message.key : undefined;
  const known = useRef(ownKey);
  const follow = useEffectEvent(toEnd);
  useLayoutEffect(() => {
    if (ownKey !== undefined && ownKey !== known.current && !hasNewer) follow();
    known.current = ownKey;
  }, [ownKey, hasNewer]);

  useEffect(() => {
    look();
  }, [rows, hasOlder, hasNewer]);

  useEffect(() => {
    const element = scroller.current;
    const listener = (): void => {
      look();
    };
    element?.addEventListener("scroll", listener, { passive: true });
    addEventListener("focus", listener);
    document.addEventListener("visibilitychange", listener);
    return () => {
      element?.removeEventListener("scroll", listener);
      removeEventListener("focus", listener);
      document.removeEventListener("visibilitychange", listener);
    };
  }, []);

  return { list, scroller, content, away, toEnd };
}
