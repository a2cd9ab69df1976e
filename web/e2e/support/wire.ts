import { once } from "node:events";
import { WebSocket } from "ws";
import { PASSWORD } from "./app.ts";
import type { Target } from "./target.ts";

export interface Account {
  readonly name: string;
  readonly sub: string;
  readonly token: string;
}

/** Makes an account without a browser. */
export async function signUp({ httpUrl }: Target, name: string): Promise<Account> {
  const response = await fetch(`${httpUrl}/api/auth/signup`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user: name, password: PASSWORD }),
  });
  if (response.status !== 201) throw new Error(`${name} was not made: ${await response.text()}`);
  const { token, user } = (await response.json()) as { token: string; user: { sub: string } };
  return { name, sub: user.sub, token };
}

/** Sends texts without a browser, one after the other, and returns once all are in the log. */
export async function say(
  target: Target,
  from: Account,
  to: Account,
  texts: readonly string[],
): Promise<void> {
  const socket = openSocket(target, from.token);
  await once(socket, "open");
  await new Promise<void>((all, failed) => {
    const waiting = [...texts];
    const next = (): void => {
      const message = waiting.shift();
      if (message === undefined) {
        all();
        return;
      }
      const clientMsgId = crypto.randomUUID();
      socket.send(JSON.stringify({ action: "SENDMSG", toSub: to.sub, message, clientMsgId }));
    };
    socket.on("message", (data: Buffer) => {
      const text = data.toString();
      const { action } = JSON.parse(text) as { action: string };
      if (action === "ERROR") failed(new Error(text));
      if (action === "ACK") next();
    });
    socket.on("close", () => {
      failed(new Error("The socket was closed."));
    });
    next();
  });
  socket.removeAllListeners("close");
  socket.close();
  await once(socket, "close");
}

function openSocket({ socketUrl, tokenIn }: Target, token: string): WebSocket {
  const url = new URL(socketUrl);
  url.searchParams.set("level", "1");
  if (tokenIn === "subprotocol") return new WebSocket(url, ["aizuchi.1", `aizuchi.token.${token}`]);
  url.searchParams.set("Authorizer", token);
  return new WebSocket(url);
}
