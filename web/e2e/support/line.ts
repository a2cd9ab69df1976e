import type { ClientOptions, Socket } from "@aizuchi/sdk";
import { WebSocket } from "ws";

/** Nothing listens here. */
const NOWHERE = "ws://127.0.0.1:1";

/** The line between a client of the SDK and the server, which can be cut, and lose what it carries. */
export class Line {
  readonly #sockets = new Set<WebSocket>();
  #plugged = true;
  /** Whether a frame from the server gets lost. */
  loses: (frame: { action: string }) => boolean = () => false;

  readonly open: ClientOptions["openSocket"] = (url, protocols): Socket => {
    const inner = new WebSocket(this.#plugged ? url : NOWHERE, protocols);
    this.#sockets.add(inner);
    const outer: Socket = {
      onopen: null,
      onmessage: null,
      onclose: null,
      send: (data) => {
        inner.send(data);
      },
      close: (code, reason) => {
        inner.close(code, reason);
      },
    };
    // A close follows, which is what counts.
    inner.on("error", () => undefined);
    inner.on("open", () => outer.onopen?.());
    inner.on("message", (data: Buffer) => {
      const text = data.toString();
      if (!this.loses(JSON.parse(text) as { action: string })) outer.onmessage?.({ data: text });
    });
    inner.on("close", (code, reason) => {
      this.#sockets.delete(inner);
      outer.onclose?.({ code, reason: reason.toString() });
    });
    return outer;
  };

  /** The same `fetch`, by this line. */
  carries(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
    return async (input, init) => {
      if (!this.#plugged) throw new TypeError("The line is cut.");
      return fetch(input, init);
    };
  }

  /** Breaks it, until it is plugged in again. */
  cut(): void {
    this.#plugged = false;
    for (const socket of this.#sockets) socket.terminate();
  }

  plugIn(): void {
    this.#plugged = true;
  }
}

/** A `fetch` that keeps cookies, as a browser's does. */
export function cookieFetch(): typeof fetch {
  const jar = new Map<string, string>();
  return async (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set("cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
    const response = await fetch(input, { ...init, headers });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      jar.set(name, value);
    }
    return response;
  };
}
