import type { ConnectionState, Observable, RuntimeConfig, Session, Surroundings } from "./api.ts";
import { AizuchiError } from "./errors.ts";
import { initial, step, view, type Effect, type Event, type Timer } from "./connection.ts";
import type { ClientFrame, ServerFrame } from "./generated/wire.ts";
import { shallowEqual, value } from "./observable.ts";
import {
  openTransport,
  type OpenSocket,
  type Transport,
  type TransportHandlers,
} from "./transport.ts";

export interface LinkOptions {
  readonly config: RuntimeConfig;
  readonly session: Session;
  readonly surroundings: Surroundings;
  readonly openSocket: OpenSocket;
  readonly now: () => number;
  readonly random: () => number;
  readonly setTimer: (run: () => void, ms: number) => () => void;
  /** Whether something waits to be sent, for which the connection must not be let go. */
  readonly busy: () => boolean;
  readonly onFrame: (frame: ServerFrame) => void;
  /** Told each time a connection comes up, and each time one is gone. */
  readonly onUp: () => void;
  readonly onDown: () => void;
}

/** Carries out what the connection's state machine decides. */
export class Link {
  readonly #options: LinkOptions;
  readonly #view = value<ConnectionState>(view(initial), shallowEqual);
  readonly #timers = new Map<Timer, () => void>();
  #state = initial;
  #transport: Transport | undefined;
  /** Counts drops, so that a token or a socket of an earlier try is not taken for the current. */
  #epoch = 0;
  #leave: (() => void)[] = [];

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  get state(): Observable<ConnectionState> {
    return this.#view;
  }

  get up(): boolean {
    return this.#state.phase === "online";
  }

  start(): void {
    const { surroundings, session } = this.#options;
    if (this.#leave.length > 0) return;
    const onEnded = (): void => {
      if (session.ended.getSnapshot()) this.tell({ type: "sessionEnded" });
    };
    this.#leave = [
      surroundings.subscribe((signal) => {
        this.tell({ type: signal });
      }),
      session.ended.subscribe(onEnded),
    ];
    this.tell({ type: "start", visible: surroundings.visible() });
    onEnded();
  }

  stop(): void {
    for (const leave of this.#leave.splice(0)) leave();
    this.tell({ type: "stop" });
  }

  /** Whether there was a connection to send on. */
  send(frame: ClientFrame): boolean {
    if (!this.up || !this.#transport) return false;
    this.#transport.send(frame);
    return true;
  }

  tell(event: Event): void {
    const { now, random, busy, config } = this.#options;
    const wasUp = this.up;
    const [state, effects] = step(this.#state, event, {
      now: now(),
      random,
      busy: busy(),
      releaseAfter: config.idleReleaseSeconds * 1000,
    });
    if (state === this.#state && effects.length === 0) return;
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
    this.#view.set(view(state));
    if (wasUp !== this.up) (wasUp ? this.#options.onDown : this.#options.onUp)();
  }

  #carryOut(effect: Effect): void {
    switch (effect.do) {
      case "getToken":
        void this.#getToken(effect.fresh, this.#epoch);
        break;
      case "open":
        this.#open(effect.token, this.#epoch);
        break;
      case "drop":
        this.#epoch += 1;
        this.#transport?.close();
        this.#transport = undefined;
        for (const timer of this.#timers.keys()) if (timer !== "release") this.#clear(timer);
        break;
      case "ping":
        this.send({ action: "PING" });
        break;
      case "set":
        this.#clear(effect.timer);
        this.#timers.set(
          effect.timer,
          this.#options.setTimer(() => {
            this.#timers.delete(effect.timer);
            this.tell({ type: "timer", timer: effect.timer });
          }, effect.ms),
        );
        break;
      case "clear":
        this.#clear(effect.timer);
        break;
      case "endSession":
        this.#options.session.end();
        break;
    }
  }

  #clear(timer: Timer): void {
    this.#timers.get(timer)?.();
    this.#timers.delete(timer);
  }

  async #getToken(fresh: boolean, epoch: number): Promise<void> {
    let event: Event;
    try {
      event = { type: "token", token: await this.#options.session.token({ fresh }) };
    } catch (error) {
      const { code, retryAfterMs } = error instanceof AizuchiError ? error : {};
      event =
        code === "unauthorized"
          ? { type: "sessionEnded" }
          : { type: "tokenFailed", ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    }
    if (epoch === this.#epoch) this.tell(event);
  }

  #open(token: string, epoch: number): void {
    const { openSocket, config } = this.#options;
    const current = (event: Event): void => {
      if (epoch === this.#epoch) this.tell(event);
    };
    const handlers: TransportHandlers = {
      onOpen: () => {
        current({ type: "opened" });
      },
      onFrame: (frame) => {
        current({ type: "frame" });
        if (frame && epoch === this.#epoch) this.#options.onFrame(frame);
      },
      onClose: (code) => {
        current({ type: "closed", code });
      },
    };
    try {
      this.#transport = openTransport(openSocket, config, token, handlers);
    } catch {
      // A browser refuses some addresses outright. Told later, as any other failure is.
      queueMicrotask(() => {
        handlers.onClose(1006);
      });
    }
  }
}
