import type { Socket } from "../src/index.ts";
import type { ClientFrame, ServerFrame } from "../src/generated/wire.ts";
import type { FakeServer } from "./fake-server.ts";

/** One connection, seen from both its ends: the page holds it as its socket. */
export class Connection implements Socket {
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  onerror: (() => void) | null = null;
  readonly sub: string | undefined;
  watched: string[] = [];
  open = false;
  readonly #server: FakeServer;
  #closed = false;
  /** When the last frame of each direction arrives: the next one comes later, unless it overtakes. */
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
    const at = world.now() + faults.latency();
    const arrives = faults.overtake() ? at : Math.max(this.#lastIn, at);
    this.#lastIn = Math.max(this.#lastIn, arrives);
    this.#later(arrives - world.now(), () => {
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

  /** The frames of one answer stay in order; those of different answers may overtake each other. */
  answer(frames: readonly ServerFrame[]): void {
    const { world, faults } = this.#server;
    let arrives = faults.overtake() ? 0 : this.#lastOut;
    for (const frame of frames) {
      arrives = Math.max(arrives, world.now() + faults.latency());
      this.#deliver(arrives - world.now(), frame);
    }
    this.#lastOut = Math.max(this.#lastOut, arrives);
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
