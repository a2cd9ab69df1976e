/** How many Unicode characters a text has, as the server counts them. */
export function characters(text: string): number {
  return Array.from(text).length;
}
