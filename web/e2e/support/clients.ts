import {
  type Client,
  type Conversation,
  createAuth,
  createClient,
  createSession,
  type Observable,
} from "@aizuchi/sdk";
import { test as base } from "vitest";
import { PASSWORD } from "./app.ts";
import { cookieFetch, Line } from "./line.ts";
import type { Own } from "./target.ts";
import { unique } from "./test.ts";

/** A test with a server for its file, and with clients of the SDK that end with it. */
export function clientTestWith<T extends Own>(startServer: () => Promise<T>) {
  return base
    .extend("server", { scope: "file" }, async ({}, { onCleanup }) => {
      const server = await startServer();
      onCleanup(() => server.remove());
      return server;
    })
    .extend("join", ({ server }, { onCleanup }) => {
      const clients: Client[] = [];
      onCleanup(() => {
        for (const client of clients) client.stop();
      });
      /** Signs somebody up and connects. */
      return async (name: string): Promise<{ client: Client; line: Line }> => {
        const { httpUrl, socketUrl, tokenIn } = server;
        const http = { httpUrl, fetch: cookieFetch() };
        const source = createAuth(http);
        const grant = await source.signUp(unique(name), PASSWORD);
        const line = new Line();
        const client = createClient({
          config: {
            socketUrl,
            httpUrl,
            auth: { kind: "builtin" },
            tokenIn,
            idleReleaseSeconds: 0,
          },
          session: createSession({ source, grant }),
          fetch: line.carries(http.fetch),
          ...(line.open && { openSocket: line.open }),
        });
        clients.push(client);
        client.start();
        await until(client.connection, ({ status }) => status === "online");
        return { client, line };
      };
    });
}

/** Both ends of the conversation of two people, in view. */
export async function between(a: Client, b: Client): Promise<[Conversation, Conversation]> {
  const ends: [Conversation, Conversation] = [
    a.conversation(a.openDirect(await a.lookup({ name: b.self.username }))),
    b.conversation(b.openDirect(await b.lookup({ name: a.self.username }))),
  ];
  for (const end of ends) end.subscribe(() => undefined);
  return ends;
}

/** Waits for a state; the limit of the test ends it. */
export function until<T>(observable: Observable<T>, reached: (state: T) => boolean): Promise<void> {
  return new Promise((done) => {
    const look = (): void => {
      if (!reached(observable.getSnapshot())) return;
      stop();
      done();
    };
    const stop = observable.subscribe(look);
    look();
  });
}

export function sent({ state }: { state: string }): boolean {
  return state !== "pending" && state !== "failed";
}

export function texts(conversation: Conversation): string[] {
  return conversation.getSnapshot().messages.map(({ text }) => text);
}
