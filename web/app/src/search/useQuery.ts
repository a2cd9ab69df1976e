import { type ChangeEvent, type CompositionEvent, useState } from "react";

/** A text that is searched for while it is typed, but not while an input method composes it. */
export function useQuery() {
  const [text, setText] = useState("");
  const [query, setQuery] = useState("");
  const set = (next: string): void => {
    setText(next);
    setQuery(next.trim());
  };
  return {
    /** As it stands in the field. */
    text,
    /** What to search for. */
    query,
    set,
    fieldProps: {
      value: text,
      onChange: (event: ChangeEvent<HTMLInputElement>) => {
        const { isComposing } = event.nativeEvent as InputEvent;
        if (isComposing) setText(event.target.value);
        else set(event.target.value);
      },
      onCompositionEnd: (event: CompositionEvent<HTMLInputElement>) => {
        set(event.currentTarget.value);
      },
    },
  };
}
