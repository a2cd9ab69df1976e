import { defineConfig } from "vitest/config";

export default defineConfig(({ mode }) => ({
  test: {
    include: mode === "pictures" ? ["pictures.ts"] : ["tests/**/*.test.ts"],
    // A browser and a server each: more at once would only wait for the processor.
    maxWorkers: 2,
    // These end a test that hangs; none waits for them to pass.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
  },
}));
