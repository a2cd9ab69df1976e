import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** The browser that the machine has. */
export async function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? installed(),
    // Containers allow no sandbox, and their shared memory is small.
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
}

function installed(): string {
  for (const directory of (process.env.PATH ?? "").split(delimiter)) {
    for (const name of NAMES) {
      const path = join(directory, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Then it is somewhere else.
      }
    }
  }
  throw new Error(`No browser found: install one of ${NAMES.join(", ")}, or set CHROMIUM.`);
}
