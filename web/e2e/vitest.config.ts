import { defineConfig } from "vitest/config";

/** Which shape of the server the tests run against: `one` binary, or `aws` on an emulator. */
const shape = process.env.AIZUCHI_E2E === "aws" ? "aws" : "one";

export default defineConfig(({ mode }) => ({
  test: {
    include:
      mode === "pictures" || mode === "speed"
        ? [`${mode}.ts`]
        : ["tests/*.test.ts", `tests/${shape}/*.test.ts`],
    globalSetup: shape === "aws" ? ["support/aws.ts"] : [],
    // A browser each, and a server or one for all: more at once would only wait for the processor.
    maxWorkers: 2,
    // These end a test that hangs; none waits for them to pass.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
  },
}));
