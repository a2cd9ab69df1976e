import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/**
 * A proxy as some networks have one: it hands on HTTP calls, and refuses whatever it cannot read,
 * which sockets are, until it is told to be lenient.
 */
export class Proxy {
  readonly #http = createServer(handOn);
  readonly #open = new Set<Socket>();
  lenient = false;
  /** How many sockets it refused. */
  refused = 0;

  private constructor() {
    this.#http.on("connection", (socket) => {
      this.#open.add(socket);
      socket.on("close", () => this.#open.delete(socket));
    });
    this.#http.on("connect", (call: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (this.lenient) {
        tunnel(call, socket, head);
        return;
      }
      this.refused += 1;
      socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    });
    this.#http.on("upgrade", (_call: IncomingMessage, socket: Duplex) => {
      this.refused += 1;
      socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    });
  }

  static async open(): Promise<Proxy> {
    const proxy = new Proxy();
    await new Promise<void>((listening) => proxy.#http.listen(0, "127.0.0.1", listening));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    await new Promise((closed) => this.#http.close(closed));
  }
}

/** Hands a call on, whose address is a whole one, and its answer back. */
function handOn(call: IncomingMessage, answer: ServerResponse): void {
  const { method, headers } = call;
  const onward = request(call.url ?? "", { method, headers }, (told) => {
    answer.writeHead(told.statusCode ?? 502, told.headers);
    told.pipe(answer);
  });
  onward.on("error", () => answer.destroy());
  // Whoever goes away is waited for no more.
  answer.on("close", () => onward.destroy());
  call.pipe(onward);
}

function tunnel(call: IncomingMessage, socket: Duplex, head: Buffer): void {
  const { hostname, port } = new URL(`http://${call.url ?? ""}`);
  const onward = connect(Number(port), hostname, () => {
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    onward.write(head);
    onward.pipe(socket).pipe(onward);
  });
  const end = (): void => {
    socket.destroy();
    onward.destroy();
  };
  for (const side of [socket, onward]) side.on("error", end).on("close", end);
}
