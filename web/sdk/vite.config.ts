import { defineConfig } from "vitest/config";

export default defineConfig({
  build: {
    target: "es2022",
    lib: { entry: "src/index.ts", formats: ["es"], fileName: () => "aizuchi.js" },
  },
  test: {
    include: ["test/**/*.test.ts"],
    // The simulation is long by its nature; nothing here waits for real time.
    testTimeout: 120_000,
  },
});
