import { SOCKET_AGAIN, SOCKET_AGAIN_MAX, SOCKETS_TRIED } from "./limits.ts";

export type Kind = "socket" | "poll";

/**
 * Decides by which kind of connection to come to the server. Some networks let no socket through,
 * and nothing tells so but that none opens while HTTP calls are answered.
 */
export class Way {
  /** Sockets that did not open, one after another. */
  #socketsFailed = 0;
  /** Whether the last try was a poll that did not open either: then it is the server that is away. */
  #pollFailed = false;
  /** Whether polls are what works here. */
  #polling = false;
  /** Sockets that were tried in vain beside polls. */
  #triedBeside = 0;

  /** How the next connection is opened, which may be one to take the place of another. */
  next(renewal: boolean): Kind {
    if (renewal || this.#pollFailed) return "socket";
    return this.#polling || this.#socketsFailed >= SOCKETS_TRIED ? "poll" : "socket";
  }

  opened(kind: Kind): void {
    this.#polling = kind === "poll";
    this.#pollFailed = false;
    this.#triedBeside = 0;
    if (kind === "socket") this.#socketsFailed = 0;
  }

  failed(kind: Kind, renewal: boolean): void {
    this.#pollFailed = kind === "poll";
    if (kind === "socket") this.#socketsFailed += 1;
    if (kind === "socket" && renewal) this.#triedBeside += 1;
  }

  /** After how long a socket is tried beside polls; undefined where there are none. */
  get socketAgain(): number | undefined {
    if (!this.#polling) return undefined;
    return Math.min(SOCKET_AGAIN * 2 ** this.#triedBeside, SOCKET_AGAIN_MAX);
  }
}
