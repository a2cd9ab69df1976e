// @vitest-environment node
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { expect, test, vi } from "vitest";

/** What may have come of script, packed, before the first conversation shows, in bytes. */
const BUDGET = 200 * 1024;

test("little script comes before the first conversation shows", async () => {
  // As it is delivered: without what React tells its developers.
  vi.stubEnv("NODE_ENV", "production");
  const root = new URL("..", import.meta.url).pathname;
  const results = await build({ root, logLevel: "silent", build: { write: false } });
  const output = [results].flat().flatMap((result) => ("output" in result ? result.output : []));
  const chunks = new Map(
    output.flatMap((one) => (one.type === "chunk" ? [[one.fileName, one]] : [])),
  );
  const needed = new Set<string>();
  const need = (name: string): void => {
    if (needed.has(name)) return;
    needed.add(name);
    chunks.get(name)?.imports.forEach(need);
  };
  for (const { fileName, isEntry } of chunks.values()) if (isEntry) need(fileName);
  expect(needed.size).toBeGreaterThan(0);
  const scripts = [...needed].map((name) => chunks.get(name)?.code ?? "");
  scripts.push(await readFile(`${root}/public/theme.js`, "utf8"));
  vi.unstubAllEnvs();
  const size = scripts.reduce((sum, script) => sum + gzipSync(script).length, 0);
  expect(size).toBeLessThan(BUDGET);
});
