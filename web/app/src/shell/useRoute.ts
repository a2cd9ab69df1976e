import { useCallback, useMemo, useSyncExternalStore } from "react";
import { formatRoute, parseRoute, type Route } from "./routes.ts";

// pushState tells nobody, so going somewhere is announced as the browser
// announces going back.
function subscribe(listener: () => void): () => void {
  addEventListener("popstate", listener);
  return () => {
    removeEventListener("popstate", listener);
  };
}

const address = () => location.pathname + location.hash;

/** Goes to a place; `replace` leaves no way back to the present one. */
export function navigate(route: Route, { replace = false } = {}): void {
  const to = formatRoute(route);
  if (to === address()) return;
  history[replace ? "replaceState" : "pushState"](null, "", to);
  dispatchEvent(new PopStateEvent("popstate"));
}

/** The present place, and a click handler that makes a link to a place open it in the page. */
export function useRoute(): Route {
  const at = useSyncExternalStore(subscribe, address);
  // `at` is what the two halves are read from; it changes when they do.
  return useMemo(() => {
    const hash = at.indexOf("#");
    return hash < 0 ? parseRoute(at, "") : parseRoute(at.slice(0, hash), at.slice(hash));
  }, [at]);
}

/** Opens a route on a plain click of its link, and leaves the other kinds to the browser. */
export function useLink(route: Route): {
  href: string;
  onClick: (event: React.MouseEvent) => void;
} {
  const href = formatRoute(route);
  const onClick = useCallback(
    (event: React.MouseEvent) => {
      if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
        return;
      }
      event.preventDefault();
      navigate(route);
    },
    [route],
  );
  return { href, onClick };
}
