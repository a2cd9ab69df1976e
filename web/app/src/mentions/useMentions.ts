import type { Person } from "@aizuchi/sdk";
import { type KeyboardEvent, type RefObject, useId, useState } from "react";
import { mentionsOf } from "../conversation/format.ts";
import { type Begun, begunAt, completed, offered } from "./find.ts";

/** The most that a message mentions. */
const MOST = 50;

interface Options {
  readonly area: RefObject<HTMLTextAreaElement | null>;
  readonly text: string;
  readonly people: readonly Person[];
  /** The text is another one by now, and the caret elsewhere. */
  readonly onWrite: (text: string, caret: number) => void;
}

/** Offers people while one writes `@` and the beginning of a name. */
export function useMentions({ area, text, people, onWrite }: Options) {
  const listId = useId();
  const [begun, setBegun] = useState<Begun>();
  const [active, setActive] = useState(0);
  /** Where the `@` is that no help is wanted with. */
  const [dismissed, setDismissed] = useState<number>();
  const found =
    begun && begun.from !== dismissed && begun.to <= text.length
      ? offered(people, begun.query)
      : [];
  const open = found.length > 0;
  const at = Math.min(active, found.length - 1);

  /** Looks where the caret is. */
  const look = (): void => {
    const element = area.current;
    if (!element) return;
    const { value, selectionStart, selectionEnd } = element;
    const now = selectionStart === selectionEnd ? begunAt(value, selectionStart) : undefined;
    if (now?.from === begun?.from && now?.query === begun?.query) return;
    setBegun(now);
    setActive(0);
    if (now?.from !== dismissed) setDismissed(undefined);
  };

  const take = (person: Person): void => {
    if (!begun) return;
    const { text: next, caret } = completed(text, begun, person.username);
    setBegun(undefined);
    onWrite(next, caret);
  };

  /** Whether a key was for the list. What an input method takes is none. */
  const onKeyDown = (event: KeyboardEvent): boolean => {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- Safari tells it in no other way
    if (!open || event.nativeEvent.isComposing || event.keyCode === 229) return false;
    const person = found[at];
    if (event.key === "ArrowDown") setActive((at + 1) % found.length);
    else if (event.key === "ArrowUp") setActive((at + found.length - 1) % found.length);
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && person) {
      take(person);
    } else if (event.key === "Escape") setDismissed(begun?.from);
    else return false;
    event.preventDefault();
    return true;
  };

  return {
    open,
    found,
    active: at,
    listId,
    look,
    take,
    close: () => {
      setBegun(undefined);
    },
    onKeyDown,
    props: {
      "aria-autocomplete": "list" as const,
      "aria-controls": open ? listId : undefined,
      "aria-activedescendant": open ? `${listId}-${at}` : undefined,
    },
  };
}

/** Whom a text mentions. */
export function mentionedIn(text: string, people: readonly Person[]): string[] {
  if (!/[@＠]/.test(text)) return [];
  return [...new Set(mentionsOf(text, people).map(({ sub }) => sub))].slice(0, MOST);
}
