import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";

const source = await readFile(
  createRequire(import.meta.url).resolve("axe-core/axe.min.js"),
  "utf8",
);

/**
 * For devices whose pages axe examines: their policy would keep it out, as it does everybody, and
 * what is still fading in has too little contrast.
 */
export const examined: BrowserContextOptions = { bypassCSP: true, reducedMotion: "reduce" };

/** Expects axe to find nothing on a page as it is now. */
export async function examine(page: Page): Promise<void> {
  await page.evaluate(source);
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run: () => Promise<AxeResults> } };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html}: ${node.failureSummary ?? ""}`),
    );
  });
  expect(found, page.url()).toEqual([]);
}
