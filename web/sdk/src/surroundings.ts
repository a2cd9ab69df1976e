import type { Surroundings } from "./api.ts";

/** The page and its network, or, outside a page, ones that never change. */
export function pageSurroundings(): Surroundings {
  const { document } = globalThis as { document?: Document };
  if (!document) return { visible: () => true, subscribe: () => () => undefined };
  return {
    visible: () => document.visibilityState === "visible",
    subscribe: (listener) => {
      const seen = (): void => {
        listener(document.visibilityState === "visible" ? "visible" : "hidden");
      };
      const online = (): void => {
        listener("online");
      };
      const offline = (): void => {
        listener("offline");
      };
      document.addEventListener("visibilitychange", seen);
      addEventListener("online", online);
      addEventListener("offline", offline);
      return () => {
        document.removeEventListener("visibilitychange", seen);
        removeEventListener("online", online);
        removeEventListener("offline", offline);
      };
    },
  };
}

/** Runs something after a while; gives what takes it back. */
export function pageTimer(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms);
  return () => {
    clearTimeout(timer);
  };
}
