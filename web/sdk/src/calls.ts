import type { Failure } from "./api.ts";
import type { ClientFrame, ServerFrame } from "./generated/wire.ts";
import { ANSWER_TIMEOUT } from "./limits.ts";

export type Request = Exclude<ClientFrame, { action: "PING" }>;
export type Answer = Exclude<ServerFrame, { action: "ERROR" }>;

export interface Caller {
  /** Returns whether more answers to the same request are to come. */
  readonly onAnswer: (frame: Answer) => boolean;
  /** Told once, instead of any further answer. */
  readonly onFailure: (failure: Failure) => void;
}

interface Open extends Caller {
  stopTimer: () => void;
}

const noAnswer: Failure = { code: "unavailable", error: "The server does not answer." };
const dropped: Failure = { code: "unavailable", error: "The connection was lost." };

/** Matches answers with requests by `requestId`. */
export class Calls {
  readonly #transmit: (frame: ClientFrame) => boolean;
  readonly #setTimer: (run: () => void, ms: number) => () => void;
  readonly #onSilence: () => void;
  readonly #open = new Map<string, Open>();
  #count = 0;

  /**
   * `transmit` says whether there is a connection to send on. `onSilence` is told of each answer that
   * does not come.
   */
  constructor(
    transmit: (frame: ClientFrame) => boolean,
    setTimer: (run: () => void, ms: number) => () => void,
    onSilence: () => void = () => undefined,
  ) {
    this.#transmit = transmit;
    this.#setTimer = setTimer;
    this.#onSilence = onSilence;
  }

  call(frame: Request, caller: Caller): void {
    const requestId = String(++this.#count);
    this.#open.set(requestId, { ...caller, stopTimer: this.#timer(requestId) });
    if (!this.#transmit({ ...frame, requestId })) this.#fail(requestId, dropped);
  }

  /** Whether the frame answered a call. */
  answer(frame: ServerFrame): boolean {
    const requestId = "requestId" in frame ? frame.requestId : undefined;
    const call = requestId === undefined ? undefined : this.#open.get(requestId);
    if (requestId === undefined || !call) return false;
    if (frame.action === "ERROR") {
      const { code, error, retryAfterMs } = frame;
      this.#fail(requestId, {
        code,
        error,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      });
      return true;
    }
    call.stopTimer();
    if (call.onAnswer(frame)) call.stopTimer = this.#timer(requestId);
    else this.#open.delete(requestId);
    return true;
  }

  /** The connection is gone: no answer comes any more. */
  drop(): void {
    for (const requestId of [...this.#open.keys()]) this.#fail(requestId, dropped);
  }

  #timer(requestId: string): () => void {
    return this.#setTimer(() => {
      this.#fail(requestId, noAnswer);
      this.#onSilence();
    }, ANSWER_TIMEOUT);
  }

  #fail(requestId: string, failure: Failure): void {
    const call = this.#open.get(requestId);
    if (!call) return;
    this.#open.delete(requestId);
    call.stopTimer();
    call.onFailure(failure);
  }
}
