import { describe, expect, it } from "vitest";
import {
  conversationIdOf,
  createClient,
  createSession,
  memoryStore,
  type Grant,
  type Socket,
} from "../src/index.ts";
import { config, FakeLocks, Stage, startServer } from "./device.ts";

const user = { sub: "ann", username: "Ann" };
const grant: Grant = { token: "old", expiresIn: 1e6, user };

/** A socket that the page's policy forbids, in a browser that tells no close of it. */
function forbidden(): Socket {
  const socket: Socket = {
    onopen: null,
    onmessage: null,
    onclose: null,
    send: () => undefined,
    close: () => undefined,
  };
  queueMicrotask(() => socket.onerror?.());
  return socket;
}

/** A page whose parts the test can take out. */
function start({ tokenIn = config.tokenIn, expiresIn = 1e6 } = {}) {
  const { world, server } = startServer();
  const opened: { url: string; protocols: string[] }[] = [];
  const net = { broken: false, forbidden: false };
  const refreshes: ((grant: Grant) => void)[] = [];
  const session = createSession({
    source: { refresh: () => new Promise<Grant>((resolve) => refreshes.push(resolve)) },
    grant: { ...grant, expiresIn },
    now: world.now,
    locks: new FakeLocks(),
  });
  server.tokens.set("old", "ann");
  const client = createClient({
    config: { ...config, tokenIn },
    session,
    storage: memoryStore(),
    surroundings: new Stage(),
    openSocket: (url, protocols): Socket => {
      opened.push({ url, protocols });
      if (net.broken) throw new DOMException("not this address", "SecurityError");
      if (net.forbidden) return forbidden();
      return server.openSocket(url, protocols);
    },
    fetch: () => Promise.reject(new TypeError("no network")),
    now: world.now,
    random: world.random,
    setTimer: world.setTimer,
  });
  client.start();
  return { world, server, session, client, opened, net, refreshes };
}

describe("a link", () => {
  it("sends its token where no log keeps it, or in the address where it is told to", async () => {
    const one = start();
    const two = start({ tokenIn: "query" });
    await one.world.advance(0);
    await two.world.advance(0);
    expect(one.opened).toEqual([
      { url: "ws://chat.test/ws?level=1", protocols: ["aizuchi.1", "aizuchi.token.old"] },
    ]);
    expect(two.opened).toEqual([
      { url: "ws://chat.test/ws?level=1&Authorizer=old", protocols: [] },
    ]);
  });

  it("tries again where a socket cannot even be made", async () => {
    const { world, client, net, refreshes } = start();
    client.stop();
    net.broken = true;
    client.start();
    await world.advance(1);
    expect(client.connection.getSnapshot().status).toBe("waiting");
    net.broken = false;
    client.reconnect();
    await world.advance(1);
    refreshes[0]?.(grant);
    await world.advance(100);
    expect(client.connection.getSnapshot().status).toBe("online");
  });

  it("tries again where a socket fails without closing", async () => {
    const { world, client, net, refreshes } = start();
    client.stop();
    net.forbidden = true;
    client.start();
    await world.advance(0);
    expect(client.connection.getSnapshot().status).toBe("waiting");
    net.forbidden = false;
    client.reconnect();
    await world.advance(1);
    refreshes[0]?.(grant);
    await world.advance(100);
    expect(client.connection.getSnapshot().status).toBe("online");
  });

  it("takes an error and the close that follows for one end", async () => {
    const { world, server, client } = start();
    await world.advance(100);
    const [connection] = server.connections;
    connection?.onerror?.();
    connection?.closeByServer(1006);
    await world.advance(0);
    expect(client.connection.getSnapshot().status).toBe("waiting");
    await world.advance(1_000);
    expect(server.connections.size).toBe(1);
  });

  it("renews a token that the server refuses", async () => {
    const { world, server, client, opened, refreshes } = start();
    server.tokens.delete("old");
    server.tokens.set("new", "ann");
    await world.advance(1_000);
    refreshes[0]?.({ ...grant, token: "new" });
    await world.advance(100);
    expect(client.connection.getSnapshot().status).toBe("online");
    expect(opened.map(({ protocols }) => protocols[1])).toEqual([
      "aizuchi.token.old",
      "aizuchi.token.new",
    ]);
  });

  it("opens nothing with a token that comes after it was stopped", async () => {
    const { world, client, opened, refreshes } = start({ expiresIn: 0 });
    await world.advance(10);
    client.stop();
    refreshes[0]?.(grant);
    await world.advance(1_000);
    expect(opened).toEqual([]);
    expect(client.connection.getSnapshot().status).toBe("released");
  });

  it("opens one socket where a token came for each of two starts", async () => {
    const { world, client, opened, refreshes } = start({ expiresIn: 0 });
    await world.advance(10);
    client.stop();
    client.start();
    await world.advance(10);
    for (const resolve of refreshes) resolve(grant);
    await world.advance(1_000);
    expect(opened).toHaveLength(1);
    expect(client.connection.getSnapshot().status).toBe("online");
  });

  it("closes when the page ends its session", async () => {
    const { world, server, session, client } = start();
    await world.advance(100);
    session.end();
    await world.advance(0);
    expect(client.connection.getSnapshot().status).toBe("ended");
    expect(server.connections.size).toBe(0);
  });

  it("drops thousands of questions at once", async () => {
    const { world, server, client } = start();
    const ids = Array.from({ length: 4_000 }, (_, i) => conversationIdOf("ann", `p${i}`));
    for (const [i, id] of ids.entries()) server.append(id, `p${i}`, "hello");
    await world.advance(1_000);
    const loads = ids.map((id) => client.conversation(id).loadOlder());
    server.close(1006);
    await Promise.all(loads);
    expect(client.conversation(ids.at(-1) ?? "").getSnapshot().error?.code).toBe("unavailable");
  });
});
