import { setMaxListeners } from "node:events";
import type { ClientFrame, ServerFrame } from "../src/generated/wire.ts";
import { Connection } from "./fake-connection.ts";
import type { FakeServer } from "./fake-server.ts";

interface Line {
  readonly connection: Connection;
  readonly sub: string;
  /** Those that did not arrive yet, the first of which has this number. */
  frames: ServerFrame[];
  first: number;
  wake: () => void;
}

interface Answered {
  readonly status: number;
  readonly body: unknown;
}

/** The HTTP side of a fake server: what it does for those whose sockets do not open. */
export class FakePolls {
  /** Whether polls are held; where they are not, they tell of changes only. */
  waits = true;
  /** Whether nothing answers at all. */
  away = false;
  /** What the next polls are answered with instead, once each. */
  readonly instead: (Answered | "lost")[] = [];
  /** How many entries the answer to a `SYNC` brings before it ends. */
  syncFrames = Infinity;
  readonly calls: { method: string; path: string; at: number }[] = [];
  readonly #server: FakeServer;
  readonly #lines = new Map<string, Line>();

  constructor(server: FakeServer) {
    this.#server = server;
  }

  /** Calls that are under way. */
  held = 0;

  readonly fetch: typeof fetch = async (input, init = {}) => {
    const url = input as URL;
    const { world } = this.#server;
    const { method = "GET", signal } = init;
    this.calls.push({ method, path: url.pathname, at: world.now() });
    const token = new Headers(init.headers).get("Authorization")?.slice(7) ?? "";
    const sub = this.#server.tokens.get(token);
    // Of two at once either may come first.
    await this.#pass(method === "GET" ? 5 : 1 + world.below(50));
    if (this.away) throw new TypeError("no answer");
    if (signal) setMaxListeners(0, signal);
    const aborted = new Promise<never>((_, reject) => {
      signal?.addEventListener("abort", () => {
        reject(new DOMException("aborted", "AbortError"));
      });
    });
    aborted.catch(() => undefined);
    const answering = sub === undefined ? unauthorized : this.#answer(sub, method, url, init.body);
    this.held += 1;
    const answered = await Promise.race([answering, aborted]).finally(() => (this.held -= 1));
    await this.#pass(5);
    const other = method === "GET" ? this.instead.shift() : undefined;
    if (other === "lost") throw new TypeError("lost on its way");
    const { status, body } = other ?? answered;
    // A real one takes turns of its own, which the time of the test does not wait for.
    const text = (): Promise<string> => Promise.resolve(JSON.stringify(body));
    return { ok: status < 300, status, text } as Response;
  };

  /** Ends every line, as a server does that starts anew. */
  forget(): void {
    for (const line of this.#lines.values()) {
      line.connection.close();
      line.wake();
    }
    this.#lines.clear();
  }

  get lines(): number {
    return this.#lines.size;
  }

  async #answer(sub: string, method: string, url: URL, body: unknown): Promise<Answered> {
    const cursor = url.searchParams.get(method === "GET" ? "after" : "over") ?? "";
    const [, name = "", seen = "0"] = cursor.split(".");
    const line = this.#lines.get(name);
    if (method === "GET" && this.waits) return ok(await this.#poll(sub, name, Number(seen)));
    if (method === "GET") return ok(await this.#changes(sub, cursor));
    const frame = JSON.parse(body as string) as ClientFrame;
    if (!this.waits) return ok({ events: await this.#call(sub, frame) });
    if (line?.sub !== sub) return { status: 404, body: { code: "not_found", error: "Gone." } };
    line.connection.send(JSON.stringify(frame));
    return ok({ events: [], after: cursor, more: false, wait: 0 });
  }

  async #poll(sub: string, name: string, seen: number): Promise<unknown> {
    const line = this.#lines.get(name);
    if (line?.sub !== sub) {
      const name = String(this.#lines.size + Math.floor(this.#server.world.random() * 1e9));
      this.#lines.set(name, await this.#open(sub));
      return { events: [], after: `0.${name}.0`, more: false, wait: 25, opened: true };
    }
    line.frames.splice(0, seen - line.first);
    line.first = seen;
    if (line.frames.length === 0) {
      await new Promise<void>((resolve) => {
        const stop = this.#server.world.setTimer(resolve, 25_000);
        line.wake = () => {
          stop();
          resolve();
        };
      });
    }
    const after = `0.${name}.${line.first + line.frames.length}`;
    return { events: [...line.frames], after, more: false, wait: 25 };
  }

  async #open(sub: string): Promise<Line> {
    const connection = new Connection(this.#server, sub);
    const line: Line = { connection, sub, frames: [], first: 0, wake: () => undefined };
    await new Promise<void>((resolve) => (connection.onopen = resolve));
    connection.onmessage = ({ data }) => {
      line.frames.push(JSON.parse(data as string) as ServerFrame);
      line.wake();
    };
    return line;
  }

  /** What changed since a stamp, where nobody is held. */
  async #changes(sub: string, after: string): Promise<unknown> {
    const since = after === "now" ? [] : [{ since: after }];
    const frames = await this.#call(sub, { action: "SYNC", ...since[0] });
    const last = frames.at(-1);
    const stamp = last?.action === "SYNC" ? last.since : "0";
    return { events: since.length === 0 ? [] : frames, after: stamp, more: false, wait: 0 };
  }

  async #call(sub: string, frame: ClientFrame): Promise<ServerFrame[]> {
    const line = await this.#open(sub);
    line.connection.send(JSON.stringify(frame));
    await this.#pass(100);
    line.connection.close();
    if (frame.action !== "SYNC" || !frame.cursors) return line.frames;
    return line.frames.slice(0, this.syncFrames);
  }

  #pass(ms: number): Promise<void> {
    return new Promise((resolve) => this.#server.world.setTimer(resolve, ms));
  }
}

const unauthorized: Answered = { status: 401, body: { code: "unauthorized", error: "No." } };

function ok(body: unknown): Answered {
  return { status: 200, body };
}
