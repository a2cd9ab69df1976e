import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { build } from "vite";

it("is one small module that needs nothing else", async () => {
  const root = new URL("..", import.meta.url).pathname;
  const results = await build({ root, logLevel: "silent", build: { write: false } });
  const chunks = [results].flat().flatMap((result) => ("output" in result ? result.output : []));
  expect(chunks).toHaveLength(1);
  const [chunk] = chunks;
  if (chunk?.type !== "chunk") throw new Error("no module was built");
  expect([...chunk.imports, ...chunk.dynamicImports]).toEqual([]);
  expect(gzipSync(chunk.code).length).toBeLessThan(28_000);
});
