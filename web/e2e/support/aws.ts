import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import type { TestProject } from "vitest/node";
import type { Target } from "./target.ts";

const SCRIPT = resolve(import.meta.dirname, "..", "..", "..", "scripts", "local-aws");

/**
 * Runs the serverless shape for all test files: the real template and binary on an emulator. It
 * builds them first; `AIZUCHI_AS_BUILT` takes what was built before.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const args = process.env.AIZUCHI_AS_BUILT ? ["run", "--as-built"] : ["run"];
  const script = spawn(SCRIPT, args, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(script, "exit");
  const lines = createInterface(script.stdout);
  const ready = new Promise<string>((found, failed) => {
    // Whatever a build says comes before.
    lines.on("line", (line) => {
      if (line.startsWith("{")) found(line);
    });
    script.on("error", failed);
    script.on("exit", (code) => {
      failed(new Error(`${SCRIPT} ended with status ${String(code)}.`));
    });
  });
  const told = JSON.parse(await ready) as Record<"webUrl" | "httpUrl" | "socketUrl", string>;
  const target: Target = {
    url: new URL(told.webUrl).origin,
    httpUrl: told.httpUrl.replace(/\/$/, ""),
    socketUrl: told.socketUrl,
    tokenIn: "query",
  };
  project.provide("target", target);
  return async () => {
    // It ends, with all that it started, when nobody holds this any more.
    script.stdin.end();
    await ended;
  };
}
