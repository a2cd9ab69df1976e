import { useEffect } from "react";
import type { Preferences } from "../state/preferences.ts";

/** Puts the chosen theme, or the system's, on the document. */
export function useTheme(chosen: Preferences["theme"]): void {
  useEffect(() => {
    const system = matchMedia("(prefers-color-scheme: dark)");
    const apply = (): void => {
      document.documentElement.dataset.theme = chosen ?? (system.matches ? "dark" : "light");
      // The browser's own bars take the colour of the page.
      const paper = getComputedStyle(document.documentElement).getPropertyValue("--paper");
      for (const meta of document.querySelectorAll("meta[name='theme-color']")) {
        meta.setAttribute("content", paper.trim());
      }
    };
    apply();
    system.addEventListener("change", apply);
    return () => {
      system.removeEventListener("change", apply);
    };
  }, [chosen]);
}
