import { useEffect, useEffectEvent } from "react";

/** Ctrl+F or ⌘F searches the conversation; once more, in its field, it is the browser's own. */
export function useFindShortcut(onFind: () => void): void {
  const find = useEffectEvent(onFind);
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== "f" || !(event.metaKey || event.ctrlKey)) return;
      if (event.shiftKey || event.altKey) return;
      if (document.querySelector("dialog[open]")) return;
      const field = document.querySelector<HTMLElement>("[role='search'] input");
      if (field && field === document.activeElement) return;
      event.preventDefault();
      field?.focus();
      find();
    };
    addEventListener("keydown", listener);
    return () => {
      removeEventListener("keydown", listener);
    };
  }, []);
}
