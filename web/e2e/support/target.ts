import type { RuntimeConfig } from "@aizuchi/sdk";

/** A chat that is served somehow: what tests of every shape know of it. */
export interface Target {
  /** The application's origin, as pages see it. */
  readonly url: string;
  /** Where programs make calls. */
  readonly httpUrl: string;
  /** Where sockets are opened, and where they take their token. */
  readonly socketUrl: string;
  readonly tokenIn: RuntimeConfig["tokenIn"];
}

/** A target that a test file has to itself, until it removes it. */
export interface Own extends Target {
  readonly remove: () => Promise<void>;
}

declare module "vitest" {
  interface ProvidedContext {
    /** What runs for all test files. Without it each starts the one binary. */
    target: Target | undefined;
  }
}
