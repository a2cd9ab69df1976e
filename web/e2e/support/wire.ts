import { once } from "node:events";
import { WebSocket } from "ws";
import { PASSWORD } from "./app.ts";
import type { Server } from "./server.ts";

export interface Account {
  readonly name: string;
  readonly sub: string;
  readonly token: string;
}

/** Makes an account without a browser. */
export async function signUp(server: Server, name: string): Promise<Account> {
  const response = await fetch(`${server.url}/api/auth/signup`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user: name, password: PASSWORD }),
  });
  if (response.status !== 201) throw new Error(`${name} was not made: ${await response.text()}`);
  const { token, user } = (await response.json()) as { token: string; user: { sub: string } };
  return { name, sub: user.sub, token };
}

/** Sends texts without a browser, in order, and returns once all are in the log. */
export async function say(
  server: Server,
  from: Account,
  to: Account,
  texts: readonly string[],
): Promise<void> {
  const url = new URL("/ws?level=1", server.url);
  url.protocol = "ws:";
  const socket = new WebSocket(url, ["aizuchi.1", `aizuchi.token.${from.token}`]);
  await once(socket, "open");
  const acknowledged = new Promise<void>((all, failed) => {
    let missing = texts.length;
    socket.on("message", (data: Buffer) => {
      const text = data.toString();
      const { action } = JSON.parse(text) as { action: string };
      if (action === "ERROR") failed(new Error(text));
      if (action === "ACK" && --missing === 0) all();
    });
    socket.on("close", () => {
      failed(new Error("The socket was closed."));
    });
  });
  for (const message of texts) {
    const clientMsgId = crypto.randomUUID();
    socket.send(JSON.stringify({ action: "SENDMSG", toSub: to.sub, message, clientMsgId }));
  }
  await acknowledged;
  socket.removeAllListeners("close");
  socket.close();
  await once(socket, "close");
}
