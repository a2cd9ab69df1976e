import {
  type Client,
  type Conversation,
  createAuth,
  createClient,
  createSession,
  type Observable,
} from "@aizuchi/sdk";
import { test as base, expect } from "vitest";
import { PASSWORD } from "../support/app.ts";
import { cookieFetch, Line } from "../support/line.ts";
import { Server } from "../support/server.ts";

const test = base
  .extend("server", { scope: "file" }, async ({}, { onCleanup }) => {
    const server = await Server.start(["--rate-limits", "off"]);
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
      const http = { httpUrl: server.url, fetch: cookieFetch() };
      const source = createAuth(http);
      const grant = await source.signUp(`${name}-${crypto.randomUUID().slice(0, 8)}`, PASSWORD);
      const line = new Line();
      const client = createClient({
        config: {
          socketUrl: `${server.url.replace("http", "ws")}/ws`,
          httpUrl: server.url,
          auth: { kind: "builtin" },
          tokenIn: "subprotocol",
          idleReleaseSeconds: 0,
        },
        session: createSession({ source, grant }),
        fetch: http.fetch,
        ...(line.open && { openSocket: line.open }),
      });
      clients.push(client);
      client.start();
      await until(client.connection, ({ status }) => status === "online");
      return { client, line };
    };
  });

test("what is said while somebody is away is there on return, in order", async ({ join }) => {
  const [ann, bob] = [await join("ann"), await join("bob")];
  const [a, b] = await between(ann.client, bob.client);
  a.send("one");
  await until(b, ({ messages }) => messages.length === 1);

  bob.line.cut();
  await until(bob.client.connection, ({ status }) => status === "waiting");
  for (const text of ["two", "three", "four"]) a.send(text);
  b.send("five");
  await until(a, ({ messages }) => messages.filter(sent).length === 4);
  bob.line.plugIn();
  bob.client.reconnect();

  await until(b, ({ messages }) => messages.filter(sent).length === 5);
  await until(a, ({ messages }) => messages.length === 5);
  expect(texts(b)).toEqual(["one", "two", "three", "four", "five"]);
  expect(texts(a)).toEqual(texts(b));
});

test("a message whose acknowledgement was lost is sent again, and stored once", async ({
  join,
}) => {
  const [ann, bob] = [await join("ann"), await join("bob")];
  const [a, b] = await between(ann.client, bob.client);
  const lost: string[] = [];
  ann.line.loses = ({ action }) => {
    if (action !== "ACK") return false;
    lost.push(action);
    ann.line.cut();
    return true;
  };
  a.send("only once");
  await until(b, ({ messages }) => messages.length === 1);
  await until(ann.client.connection, ({ status }) => status === "waiting");
  expect(lost).toEqual(["ACK"]);
  expect(a.getSnapshot().messages).toMatchObject([{ text: "only once", state: "pending" }]);

  ann.line.loses = () => false;
  ann.line.plugIn();
  ann.client.reconnect();
  await until(a, ({ messages }) => messages.every(sent));
  a.send("and then");
  await until(b, ({ messages }) => messages.length === 2);
  expect(texts(b)).toEqual(["only once", "and then"]);
  expect(b.getSnapshot().messages.map(({ seq }) => seq)).toEqual([1, 2]);
  expect(texts(a)).toEqual(texts(b));
});

test("a server that restarts is found again by itself", async ({ join, server }) => {
  const [ann, bob] = [await join("ann"), await join("bob")];
  const [a, b] = await between(ann.client, bob.client);
  await server.kill();
  a.send("written meanwhile");
  await server.start();
  await until(b, ({ messages }) => messages.length === 1);
  expect(texts(b)).toEqual(["written meanwhile"]);
});

/** Both ends of the conversation of two people, in view. */
async function between(a: Client, b: Client): Promise<[Conversation, Conversation]> {
  const ends: [Conversation, Conversation] = [
    a.conversation(a.openDirect(await a.lookup({ name: b.self.username }))),
    b.conversation(b.openDirect(await b.lookup({ name: a.self.username }))),
  ];
  for (const end of ends) end.subscribe(() => undefined);
  return ends;
}

/** Waits for a state; the limit of the test ends it. */
function until<T>(observable: Observable<T>, reached: (state: T) => boolean): Promise<void> {
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

function sent({ state }: { state: string }): boolean {
  return state !== "pending" && state !== "failed";
}

function texts(conversation: Conversation): string[] {
  return conversation.getSnapshot().messages.map(({ text }) => text);
}
