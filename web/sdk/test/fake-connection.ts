import type { Socket } from "../src/index.ts";
import type { ClientFrame, ServerFrame } from "../src/generated/wire.ts";
import type { FakeServer } from "./fake-server.ts";

/** One connection, seen from both its ends: the page holds it as its socket. */
export class Connection implements Socket {
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  readonly sub: string | undefined;
  watched: string[] = [];
  open = false;
  readonly #server: FakeServer;
  #closed = false;
  /** Frames of one direction do not overtake each other. */
  #lastIn = 0;
  #lastOut = 0;

  constructor(server: FakeServer, sub: string | undefined) {
    this.#server = server;
    this.sub = sub;
    const refused = sub === undefined || server.faults.refuse();
    this.#later(server.faults.latency(), () => {
      if (server.silent) return;
      if (refused) {
        this.#closed = true;
        this.onclose?.({ code: 1006, reason: "" });
        return;
      }
      this.open = true;
      server.connections.add(this);
      server.presenceChanged(sub);
      this.onopen?.();
    });
  }

  send(data: string): void {
    const { world, faults } = this.#server;
    this.#lastIn = Math.max(this.#lastIn, world.now() + faults.latency());
    this.#later(this.#lastIn - world.now(), () => {
      if (!this.#server.silent) this.#server.handle(this, JSON.parse(data) as ClientFrame);
    });
  }

  close(): void {
    this.#end();
  }

  closeByServer(code: number): void {
    if (!this.#end()) return;
    this.onclose?.({ code, reason: "" });
  }

  answer(frame: ServerFrame): void {
    const { world, faults } = this.#server;
    this.#lastOut = Math.max(this.#lastOut, world.now() + faults.latency());
    this.#deliver(this.#lastOut - world.now(), frame);
  }

  /** Events take ways of their own: they may be lost, late, or overtake. */
  event(frame: ServerFrame): void {
    const { faults } = this.#server;
    if (!faults.loseEvent()) this.#deliver(faults.latency() + faults.delayEvent(), frame);
  }

  #deliver(ms: number, frame: ServerFrame): void {
    const data = JSON.stringify(frame);
    this.#later(ms, () => {
      if (!this.#server.silent) this.onmessage?.({ data });
    });
  }

  #later(ms: number, run: () => void): void {
    this.#server.world.setTimer(() => {
      if (!this.#closed) run();
    }, ms);
  }

  #end(): boolean {
    if (this.#closed) return false;
    this.#closed = true;
    this.#server.connections.delete(this);
    if (this.open && this.sub !== undefined) this.#server.presenceChanged(this.sub);
    return true;
  }
}
