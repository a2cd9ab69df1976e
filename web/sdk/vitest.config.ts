import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // The simulation is long by its nature; nothing here waits for real time.
    testTimeout: 120_000,
  },
});
