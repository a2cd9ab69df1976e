import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Own } from "./target.ts";

const TARGET =
  process.env.CARGO_TARGET_DIR ?? resolve(import.meta.dirname, "..", "..", "..", "target");
export const BINARY = process.env.AIZUCHI_BINARY ?? join(TARGET, "debug", "aizuchi");

/** How long the server may take to say that it is ready, in milliseconds. */
const START_TIMEOUT = 30_000;

/** The one binary, on a port and a data directory of its own. */
export class Server implements Own {
  readonly tokenIn = "subprotocol";
  #args: readonly string[];
  readonly #dataDir: string;
  #process: ChildProcess | undefined;
  /** As pages see it: `http://127.0.0.1:PORT`. Stays the same over restarts. */
  url = "http://127.0.0.1:0";

  private constructor(args: readonly string[], dataDir: string) {
    this.#args = args;
    this.#dataDir = dataDir;
  }

  get httpUrl(): string {
    return this.url;
  }

  get socketUrl(): string {
    return `${this.url.replace("http", "ws")}/ws`;
  }

  static async start(args: readonly string[] = []): Promise<Server> {
    const server = new Server(args, await mkdtemp(join(tmpdir(), "aizuchi-e2e-")));
    await server.start();
    return server;
  }

  /** Starts it (again), and returns once it takes traffic. */
  async start(): Promise<void> {
    const child = spawn(
      BINARY,
      ["serve", "--listen", new URL(this.url).host, "--data-dir", this.#dataDir, ...this.#args],
      { env: environment(), stdio: ["ignore", "pipe", "pipe"] },
    );
    this.#process = child;
    let log = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (log += text));
    this.url = await new Promise((found, failed) => {
      const timer = setTimeout(() => {
        failed(new Error(`The server did not get ready.\n${log}`));
      }, START_TIMEOUT);
      child.on("error", failed);
      child.on("exit", (code) => {
        failed(new Error(`The server ended with status ${String(code)}.\n${log}`));
      });
      createInterface(child.stdout).on("line", (line) => {
        const address = /^\s*Address\s+(\S+)$/.exec(line)?.[1];
        if (address === undefined) return;
        clearTimeout(timer);
        found(address);
      });
    });
  }

  /** Starts it anew with more settings. */
  async restart(args: readonly string[]): Promise<void> {
    await this.kill();
    this.#args = [...this.#args, ...args];
    await this.start();
  }

  /** Ends it as a loss of power would. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child?.kill("SIGKILL")) await once(child, "exit");
  }

  /** Ends it for good. */
  readonly remove = async (): Promise<void> => {
    await this.kill();
    await rm(this.#dataDir, { recursive: true, force: true });
  };
}

/** The surrounding environment without what would change the server's settings. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith("AIZUCHI_")),
  );
}
