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
    const waiting = texts.map((message) =>
      JSON.stringify({
        action: "SENDMSG",
        toSub: to.sub,
        message,
        clientMsgId: crypto.randomUUID(),
      }),
    );
    const next = (): void => {
      const [frame] = waiting;
      if (frame === undefined) all();
      else socket.send(frame);
    };
    socket.on("message", (data: Buffer) => {
      const text = data.toString();
      const { action, code, retryAfterMs } = JSON.parse(text) as Told;
      if (action === "ACK") {
        waiting.shift();
        next();
      } else if (code === "rate_limited") setTimeout(next, retryAfterMs);
      else if (action === "ERROR") failed(new Error(text));
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

interface Told {
  readonly action: string;
  readonly code?: string;
  readonly retryAfterMs?: number;
}

function openSocket({ socketUrl, tokenIn }: Target, token: string): WebSocket {
  const url = new URL(socketUrl);
  url.searchParams.set("level", "1");
  if (tokenIn === "subprotocol") return new WebSocket(url, ["aizuchi.1", `aizuchi.token.${token}`]);
  url.searchParams.set("Authorizer", token);
  return new WebSocket(url);
}
