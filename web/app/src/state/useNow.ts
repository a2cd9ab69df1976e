import { useEffect, useState } from "react";

/** How often what is told relative to now is told again, in milliseconds. */
const EVERY = 30_000;

/** The present time, kept fresh enough for "5 minutes ago" and for midnight. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => {
      setNow(Date.now());
    }, EVERY);
    return () => {
      clearInterval(timer);
    };
  }, []);
  return now;
}
