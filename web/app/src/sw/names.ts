/** What the page and the service worker call things. */

/** The message that bids a new version take the place of the old one. */
export const TAKE_OVER = "take-over";

/** Caches that hold the application's own files. All others are the person's, and go with him. */
export const SHELL_PREFIX = "shell-";

export function isShell(cache: string): boolean {
  return cache.startsWith(SHELL_PREFIX);
}
