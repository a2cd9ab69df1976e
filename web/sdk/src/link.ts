import type { ConnectionState, Observable, RuntimeConfig, Session, Surroundings } from "./api.ts";
import { AizuchiError } from "./errors.ts";
import {
  initial,
  isOpening,
  step,
  view,
  type Effect,
  type Event,
  type Timer,
} from "./connection.ts";
import type { ClientFrame, ServerFrame } from "./generated/wire.ts";
import type { Http } from "./http.ts";
import { KEEP_ALIVE, RENEW_AFTER, RENEW_AGAIN, RETIRED_FOR } from "./limits.ts";
import { shallowEqual, value } from "./observable.ts";
import { openPoll } from "./poll.ts";
import {
  ABNORMAL,
  openTransport,
  type OpenSocket,
  type Transport,
  type TransportHandlers,
} from "./transport.ts";
import { Way, type Kind } from "./way.ts";

export interface LinkOptions {
  readonly config: RuntimeConfig;
  readonly session: Session;
  readonly surroundings: Surroundings;
  readonly openSocket: OpenSocket;
  readonly http: Http;
  readonly now: () => number;
  readonly random: () => number;
  readonly setTimer: (run: () => void, ms: number) => () => void;
  /** Whether the connection must not be let go, for something that waits to be sent, say. */
  readonly busy: () => boolean;
  /** Asks the server for anything, for a sign of life. */
  readonly ask: () => void;
  readonly onFrame: (frame: ServerFrame) => void;
  /** Told each time a connection comes up, and each time one is gone. */
  readonly onUp: () => void;
  readonly onDown: () => void;
  /** Told when another connection took the place of one that held. */
  readonly onRenewed: () => void;
}

/** Carries out what the connection's state machine decides. */
export class Link {
  readonly #options: LinkOptions;
  readonly #view = value<ConnectionState>(view(initial), shallowEqual);
  readonly #timers = new Map<Timer, () => void>();
  #state = initial;
  /** The one in use, and the one that is being opened. */
  #transport: Transport | undefined;
  #next: Transport | undefined;
  #nextKind: Kind = "socket";
  readonly #way = new Way();
  /** Those that were replaced, which answers may still come by, with the way to be done with each. */
  readonly #retired = new Map<Transport, () => void>();
  /** Counts tries that were given up, so that a token of an earlier one is not taken for the current. */
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
    this.#learn(event);
    const { socketAgain } = this.#way;
    const [state, effects] = step(this.#state, event, {
      now: now(),
      random,
      busy: busy(),
      releaseAfter: config.idleReleaseSeconds * 1000,
      keepAlive:
        config.keepAliveSeconds === undefined ? KEEP_ALIVE : config.keepAliveSeconds * 1000,
      renewAfter:
        socketAgain ??
        (config.renewAfterSeconds === undefined ? RENEW_AFTER : config.renewAfterSeconds * 1000),
      renewAgain: socketAgain ?? RENEW_AGAIN,
    });
    if (state === this.#state && effects.length === 0) return;
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
    this.#view.set(view(state));
    if (wasUp !== this.up) (wasUp ? this.#options.onDown : this.#options.onUp)();
    else if (effects.some((effect) => effect.do === "take")) this.#options.onRenewed();
  }

  /** Notes which kind of connection opens here. */
  #learn(event: Event): void {
    if (!isOpening(this.#state)) return;
    if (event.type === "opened") {
      this.#way.opened(this.#nextKind);
    } else if (event.type === "failed" || (event.type === "timer" && event.timer === "open")) {
      this.#way.failed(this.#nextKind, this.#state.renewal !== undefined);
    }
  }

  #carryOut(effect: Effect): void {
    switch (effect.do) {
      case "getToken":
        void this.#getToken(effect.fresh, this.#epoch);
        break;
      case "open":
        this.#open(effect.token);
        break;
      case "take":
        if (this.#transport) this.#retire(this.#transport);
        this.#transport = this.#next;
        this.#next = undefined;
        break;
      case "drop":
        this.#abandon();
        this.#lose();
        for (const done of [...this.#retired.values()]) done();
        for (const timer of this.#timers.keys()) if (timer !== "release") this.#clear(timer);
        break;
      case "abandon":
        this.#abandon();
        break;
      case "lose":
        this.#lose();
        for (const timer of ["ping", "pong", "stable"] as const) this.#clear(timer);
        break;
      case "ping":
        this.#options.ask();
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

  #abandon(): void {
    this.#epoch += 1;
    this.#next?.close();
    this.#next = undefined;
  }

  #lose(): void {
    this.#transport?.close();
    this.#transport = undefined;
  }

  #retire(transport: Transport): void {
    const done = (): void => {
      stopTimer();
      transport.close();
      this.#retired.delete(transport);
    };
    const stopTimer = this.#options.setTimer(done, RETIRED_FOR);
    this.#retired.set(transport, done);
  }

  #open(token: string): void {
    const { openSocket, config, http, session, setTimer } = this.#options;
    const epoch = this.#epoch;
    let mine: Transport | undefined;
    const handlers: TransportHandlers = {
      onOpen: () => {
        this.tell({ type: "opened" });
      },
      onFrame: (frame) => {
        if (mine === this.#transport) this.tell({ type: "frame" });
        if (frame) this.#options.onFrame(frame);
      },
      onClose: (code) => {
        if (mine === this.#next) this.tell({ type: "failed", code });
        else if (mine === this.#transport) this.tell({ type: "closed", code });
        else if (mine) this.#retired.get(mine)?.();
      },
    };
    this.#nextKind = this.#way.next(this.#state.renewal !== undefined);
    if (this.#nextKind === "poll") {
      const polling = { http, token: () => session.token(), setTimer };
      this.#next = mine = openPoll(polling, handlers);
      return;
    }
    try {
      this.#next = mine = openTransport(openSocket, config, token, handlers);
    } catch {
      // A browser refuses some addresses outright. Told later, as any other failure is.
      queueMicrotask(() => {
        if (epoch === this.#epoch) this.tell({ type: "failed", code: ABNORMAL });
      });
    }
  }
}
