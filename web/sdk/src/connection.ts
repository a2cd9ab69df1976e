import type { ConnectionState } from "./api.ts";
import { backoff } from "./backoff.ts";
import { CloseCode } from "./generated/wire.ts";
import {
  FLOODING_WAIT,
  OPEN_TIMEOUT,
  PING_EVERY,
  PING_EVERY_HIDDEN,
  PONG_TIMEOUT,
  RENEW_AFTER,
  RENEW_SPREAD,
  STABLE_AFTER,
} from "./limits.ts";

/**
 * The connection as a state machine: an event and a state give the next state and what is to be
 * done. It does nothing itself, so that every path can be tested as a table.
 */
export interface State {
  readonly phase:
    "stopped" | "authorizing" | "opening" | "online" | "waiting" | "released" | "ended";
  readonly visible: boolean;
  /** Failures in a row, which the next wait grows with. */
  readonly attempt: number;
  /** Whether the token of this try (while waiting: of the next one) is renewed for it. */
  readonly fresh: boolean;
  /** Whether a `PING` waits for any sign of life. */
  readonly pinged: boolean;
  readonly retryAt?: number;
  readonly reason?: string;
}

export type Timer = "retry" | "open" | "ping" | "pong" | "stable" | "renew" | "release";

export type Event =
  | { readonly type: "start"; readonly visible: boolean }
  | { readonly type: "stop" }
  | { readonly type: "token"; readonly token: string }
  | { readonly type: "tokenFailed"; readonly retryAfterMs?: number }
  | { readonly type: "sessionEnded" }
  | { readonly type: "opened" }
  | { readonly type: "frame" }
  | { readonly type: "closed"; readonly code: number }
  | { readonly type: "timer"; readonly timer: Timer }
  | { readonly type: "visible" | "hidden" | "online" | "offline" }
  /** Something waits to be sent: a released connection comes back, a waiting one keeps waiting. */
  | { readonly type: "needed" }
  /** The person wants it now. */
  | { readonly type: "reconnect" };

export type Effect =
  | { readonly do: "getToken"; readonly fresh: boolean }
  | { readonly do: "open"; readonly token: string }
  /** Closes the socket, forgets a token on its way, and stops every timer but `release`. */
  | { readonly do: "drop" }
  | { readonly do: "ping" }
  | { readonly do: "set"; readonly timer: Timer; readonly ms: number }
  | { readonly do: "clear"; readonly timer: Timer }
  | { readonly do: "endSession" };

export interface Circumstances {
  readonly now: number;
  readonly random: () => number;
  /** 0: never let go. */
  readonly releaseAfter: number;
  /** Whether something waits to be sent. */
  readonly busy: boolean;
}

export type Step = readonly [State, readonly Effect[]];

export const initial: State = {
  phase: "stopped",
  visible: true,
  attempt: 0,
  fresh: false,
  pinged: false,
};

export function step(state: State, event: Event, on: Circumstances): Step {
  if (state.phase === "ended" && event.type !== "stop") return [state, []];
  switch (event.type) {
    case "start":
      return state.phase === "stopped"
        ? also(connect({ ...state, visible: event.visible }), releaseTimer(event.visible, on))
        : [state, []];
    case "stop":
      return [{ ...initial }, [{ do: "drop" }, { do: "clear", timer: "release" }]];
    case "sessionEnded":
      return end(state);
    case "token":
      return state.phase === "authorizing"
        ? [
            { ...state, phase: "opening" },
            [
              { do: "open", token: event.token },
              { do: "set", timer: "open", ms: OPEN_TIMEOUT },
            ],
          ]
        : [state, []];
    case "tokenFailed":
      return state.phase === "authorizing"
        ? wait({ ...state, fresh: false }, on, {
            atLeast: event.retryAfterMs ?? 0,
            reason: "the access token could not be renewed",
          })
        : [state, []];
    case "opened":
      return state.phase === "opening" ? opened(state, on) : [state, []];
    case "frame":
      return state.pinged
        ? [{ ...state, pinged: false }, [{ do: "clear", timer: "pong" }]]
        : [state, []];
    case "closed":
      return closed(state, event.code, on);
    case "timer":
      return timer(state, event.timer, on);
    case "visible":
    case "hidden":
      return seen({ ...state, visible: event.type === "visible" }, on);
    case "online":
      return state.phase === "waiting" ? connect(state) : probe(state);
    case "offline":
      return probe(state);
    case "needed":
      return state.phase === "released" ? connect(state) : [state, []];
    case "reconnect":
      return state.phase === "waiting" || state.phase === "released"
        ? connect(state)
        : probe(state);
  }
}

/** What a person may know of a state. */
export function view({ phase, retryAt, reason }: State): ConnectionState {
  const status =
    phase === "authorizing" || phase === "opening"
      ? "connecting"
      : phase === "stopped"
        ? "released"
        : phase;
  return {
    status,
    ...(retryAt === undefined ? {} : { retryAt }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function also([state, effects]: Step, more: readonly Effect[]): Step {
  return [state, [...effects, ...more]];
}

function at(state: State, phase: State["phase"], reason?: string): State {
  const { visible, attempt, fresh } = state;
  const next = { phase, visible, attempt, fresh, pinged: false };
  return reason === undefined ? next : { ...next, reason };
}

function connect(state: State): Step {
  const fresh = state.phase === "waiting" && state.fresh;
  return [{ ...at(state, "authorizing"), fresh }, [{ do: "drop" }, { do: "getToken", fresh }]];
}

function end(state: State): Step {
  return [
    at(state, "ended", "the session is over"),
    [{ do: "drop" }, { do: "clear", timer: "release" }, { do: "endSession" }],
  ];
}

function release(state: State, reason: string): Step {
  return [at(state, "released", reason), [{ do: "drop" }]];
}

function wait(
  state: State,
  on: Circumstances,
  how: { readonly reason: string; readonly atLeast?: number; readonly asAttempt?: number },
): Step {
  const ms = (how.atLeast ?? 0) + backoff(Math.max(state.attempt, how.asAttempt ?? 0), on.random);
  return [
    {
      ...at(state, "waiting", how.reason),
      attempt: state.attempt + 1,
      retryAt: on.now + ms,
    },
    [{ do: "drop" }, { do: "set", timer: "retry", ms }],
  ];
}

function opened(state: State, on: Circumstances): Step {
  const renewIn = RENEW_AFTER + Math.floor(on.random() * RENEW_SPREAD);
  return [
    { ...at(state, "online"), fresh: false },
    [
      { do: "clear", timer: "open" },
      { do: "set", timer: "stable", ms: STABLE_AFTER },
      { do: "set", timer: "renew", ms: renewIn },
      { do: "set", timer: "ping", ms: pingEvery(state) },
    ],
  ];
}

function closed(state: State, code: number, on: Circumstances): Step {
  if (code === CloseCode.SessionEnded) return end(state);
  if (state.phase === "opening") {
    // A refused handshake looks like any other failure to a page. A token that was not renewed for
    // this try may be why, so that the next try renews it.
    return wait({ ...state, fresh: !state.fresh }, on, { reason: "the server cannot be reached" });
  }
  if (state.phase !== "online") return [state, []];
  switch (code) {
    case CloseCode.GoingAway:
      // Everybody lost this server at once: spread out at least over some seconds.
      return wait(state, on, { reason: "the server restarts", asAttempt: 3 });
    case CloseCode.TooManyConnections:
      // Two pages in sight would push each other out for ever; one out of sight gives way.
      return state.visible
        ? wait(state, on, { reason: "too many connections", asAttempt: Infinity })
        : release(state, "too many connections");
    case CloseCode.Flooding:
      return wait(state, on, { reason: "too many messages", atLeast: FLOODING_WAIT });
    default:
      return wait(state, on, { reason: `the connection was lost (${code})` });
  }
}

function timer(state: State, which: Timer, on: Circumstances): Step {
  switch (which) {
    case "retry":
      return state.phase === "waiting" ? connect(state) : [state, []];
    case "open":
      return state.phase === "opening"
        ? wait({ ...state, fresh: false }, on, { reason: "the server does not answer" })
        : [state, []];
    case "ping":
      return probe(state);
    case "pong":
      return state.phase === "online"
        ? wait(state, on, { reason: "the connection fell silent" })
        : [state, []];
    case "stable":
      return [{ ...state, attempt: 0 }, []];
    case "renew":
      return state.phase === "online" ? connect(state) : [state, []];
    case "release":
      if (state.visible) return [state, []];
      return on.busy ? [state, releaseTimer(false, on)] : release(state, "nobody is looking");
  }
}

/** The page came into sight or went out of it. */
function seen(state: State, on: Circumstances): Step {
  const timers = releaseTimer(state.visible, on);
  if (state.phase === "stopped") return [state, []];
  if (state.visible && (state.phase === "waiting" || state.phase === "released")) {
    return also(connect(state), timers);
  }
  // A page that comes back (or a machine that wakes) wants to know at once whether it is alive.
  if (state.visible) return also(probe(state), timers);
  return state.phase === "online"
    ? [state, [{ do: "set", timer: "ping", ms: pingEvery(state) }, ...timers]]
    : [state, timers];
}

/** Asks for a sign of life. Asking again does not put off the limit of the first one. */
function probe(state: State): Step {
  if (state.phase !== "online") return [state, []];
  const next: Effect = { do: "set", timer: "ping", ms: pingEvery(state) };
  if (state.pinged) return [state, [next]];
  return [
    { ...state, pinged: true },
    [{ do: "ping" }, next, { do: "set", timer: "pong", ms: PONG_TIMEOUT }],
  ];
}

function pingEvery({ visible }: State): number {
  return visible ? PING_EVERY : PING_EVERY_HIDDEN;
}

function releaseTimer(visible: boolean, on: Circumstances): Effect[] {
  if (on.releaseAfter === 0) return [];
  return visible
    ? [{ do: "clear", timer: "release" }]
    : [{ do: "set", timer: "release", ms: on.releaseAfter }];
}
