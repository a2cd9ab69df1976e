import { BACKOFF_BASE, BACKOFF_MAX } from "./limits.ts";

/**
 * How long to wait before try number `attempt` (from 0): anywhere up to a bound that doubles, so
 * that clients who lost the same server do not come back together.
 */
export function backoff(attempt: number, random: () => number): number {
  return Math.floor(random() * Math.min(BACKOFF_MAX, BACKOFF_BASE * 2 ** attempt));
}
