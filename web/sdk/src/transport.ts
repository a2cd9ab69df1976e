import type { RuntimeConfig, Socket } from "./api.ts";
import { decode, encode } from "./codec.ts";
import type { ClientFrame, ServerFrame } from "./generated/wire.ts";

export interface TransportHandlers {
  readonly onOpen: () => void;
  /** Anything arrived; `frame` is undefined where it was not understood. */
  readonly onFrame: (frame: ServerFrame | undefined) => void;
  /** Told once, and never after `close`. */
  readonly onClose: (code: number) => void;
}

export interface Transport {
  readonly send: (frame: ClientFrame) => void;
  readonly close: () => void;
}

export type OpenSocket = (url: string, protocols: string[]) => Socket;

/** The handlers given to a `Socket` ask for less than a `WebSocket` tells, so that one is one. */
export const openWebSocket: OpenSocket = (url, protocols) =>
  new WebSocket(url, protocols) as Socket;

/** What a socket that failed closes with. */
export const ABNORMAL = 1006;

/** A WebSocket to the server that carries typed frames. */
export function openTransport(
  open: OpenSocket,
  config: RuntimeConfig,
  token: string,
  handlers: TransportHandlers,
): Transport {
  const url = new URL(config.socketUrl);
  url.searchParams.set("level", "1");
  // Offered to a server that agrees to none (API Gateway does not), it would end the handshake.
  const protocols = config.tokenIn === "query" ? [] : ["aizuchi.1", `aizuchi.token.${token}`];
  if (config.tokenIn === "query") url.searchParams.set("Authorizer", token);

  const socket = open(url.href, protocols);
  socket.onopen = handlers.onOpen;
  socket.onmessage = ({ data }) => {
    handlers.onFrame(decode(data));
  };
  const silence = (): void => {
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
  };
  socket.onclose = ({ code }) => {
    silence();
    handlers.onClose(code);
  };
  // An error ends a socket. Most tell their close next, with no other code; some never do.
  socket.onerror = () => {
    silence();
    socket.close();
    handlers.onClose(ABNORMAL);
  };
  return {
    send: (frame) => {
      socket.send(encode(frame));
    },
    close: () => {
      silence();
      socket.close(1000);
    },
  };
}
