import {
  createClient,
  createSession,
  memoryStore,
  type Archive,
  type Client,
  type ClientOptions,
  type KeyValueStore,
  type Locks,
  type RuntimeConfig,
  type Surroundings,
} from "../src/index.ts";
import type { ClientFrame } from "../src/generated/wire.ts";
import { FakeServer } from "./fake-server.ts";
import { World } from "./world.ts";

export const config: RuntimeConfig = {
  socketUrl: "ws://chat.test/ws",
  httpUrl: "http://chat.test",
  auth: { kind: "builtin" },
  tokenIn: "subprotocol",
  idleReleaseSeconds: 0,
};

/** Surroundings that a test moves. */
export class Stage implements Surroundings {
  isVisible = true;
  readonly #listeners = new Set<(signal: "visible" | "hidden" | "online" | "offline") => void>();

  readonly visible = (): boolean => this.isVisible;

  readonly subscribe: Surroundings["subscribe"] = (listener) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  tell(signal: "visible" | "hidden" | "online" | "offline"): void {
    if (signal === "visible" || signal === "hidden") this.isVisible = signal === "visible";
    for (const listener of this.#listeners) listener(signal);
  }
}

/** Locks between the pages of one test, granted in the order of asking. */
export class FakeLocks implements Locks {
  readonly #tails = new Map<string, Promise<unknown>>();

  async request<T>(
    name: string,
    { signal }: { signal?: AbortSignal },
    run: () => Promise<T>,
  ): Promise<T> {
    const before = this.#tails.get(name) ?? Promise.resolve();
    const mine = before.then(() => {
      signal?.throwIfAborted();
      return run();
    });
    this.#tails.set(
      name,
      mine.catch(() => undefined),
    );
    return mine;
  }
}

export const nothing = (): void => undefined;

/** A server, and what it received from a person by action. */
export function startServer() {
  const world = new World();
  const server = new FakeServer(world);
  const frames = <A extends ClientFrame["action"]>(action: A, sub = "ann") =>
    server.received
      .filter((received) => received.sub === sub && received.frame.action === action)
      .map(({ frame }) => frame as ClientFrame & { action: A });
  return { world, server, frames };
}

export interface Page {
  readonly client: Client;
  readonly stage: Stage;
}

/** Opens a page of `sub`. */
export function openPage(
  server: FakeServer,
  sub: string,
  options: {
    readonly storage?: KeyValueStore;
    readonly config?: Partial<RuntimeConfig>;
    readonly wanted?: () => boolean;
    readonly archive?: Archive;
    readonly locks?: Locks;
    readonly openSocket?: ClientOptions["openSocket"];
    readonly fetch?: typeof fetch;
  } = {},
): Page {
  const { world } = server;
  const user = { sub, username: `name of ${sub}` };
  const token = `token-of-${sub}`;
  server.tokens.set(token, sub);
  const grant = { token, expiresIn: 1e9, user };
  const stage = new Stage();
  const client = createClient({
    config: { ...config, ...options.config },
    session: createSession({
      source: { refresh: () => Promise.resolve(grant) },
      grant,
      now: world.now,
      locks: new FakeLocks(),
    }),
    storage: options.storage ?? memoryStore(),
    surroundings: stage,
    openSocket: options.openSocket ?? server.openSocket,
    // Nothing but sockets, unless a test says else.
    fetch: options.fetch ?? (() => Promise.reject(new TypeError("no network"))),
    now: world.now,
    random: world.random,
    setTimer: world.setTimer,
    ...(options.wanted && { wanted: options.wanted }),
    ...(options.archive && { archive: options.archive }),
    ...(options.locks && { locks: options.locks }),
  });
  client.start();
  return { client, stage };
}
