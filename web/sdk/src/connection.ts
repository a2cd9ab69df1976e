import type { ConnectionState } from "./api.ts";
import { backoff } from "./backoff.ts";
import { CloseCode } from "./generated/wire.ts";
import {
  FLOODING_WAIT,
  KEEP_ALIVE_HIDDEN,
  KEEP_ALIVE_SPREAD,
  OPEN_TIMEOUT,
  PONG_TIMEOUT,
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
  /** Whether any sign of life was asked for. */
  readonly pinged: boolean;
  /** While online: how far the connection has come that will take the place of this one. */
  readonly renewal?: "authorizing" | "opening";
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
  /** Of the socket that is being opened. */
  | { readonly type: "opened" }
  | { readonly type: "failed"; readonly code: number }
  /** Of the socket that is in use. */
  | { readonly type: "frame" }
  | { readonly type: "closed"; readonly code: number }
  /** An answer did not come. */
  | { readonly type: "silence" }
  | { readonly type: "timer"; readonly timer: Timer }
  | { readonly type: "visible" | "hidden" | "online" | "offline" }
  /** Something waits to be sent: a released connection comes back, a waiting one keeps waiting. */
  | { readonly type: "needed" }
  /** The person wants it now. */
  | { readonly type: "reconnect" };

export type Effect =
  | { readonly do: "getToken"; readonly fresh: boolean }
  | { readonly do: "open"; readonly token: string }
  /** The socket that was being opened is in use now; one that was before is heard a little longer. */
  | { readonly do: "take" }
  /** Closes the sockets, forgets a token on its way, and stops every timer but `release`. */
  | { readonly do: "drop" }
  /** Closes the socket that is being opened, and forgets a token on its way. */
  | { readonly do: "abandon" }
  /** The socket in use is gone, while another one is on its way. */
  | { readonly do: "lose" }
  /** Asks for a sign of life. */
  | { readonly do: "ping" }
  | { readonly do: "set"; readonly timer: Timer; readonly ms: number }
  | { readonly do: "clear"; readonly timer: Timer }
  | { readonly do: "endSession" };

export interface Circumstances {
  readonly now: number;
  readonly random: () => number;
  /** 0: never let go. */
  readonly releaseAfter: number;
  /** How often to ask for a sign of life in sight. */
  readonly keepAlive: number;
  /** At which age a connection is renewed. */
  readonly renewAfter: number;
  /** How long after a renewal that failed the next one is tried at the earliest. */
  readonly renewAgain: number;
  /** Whether the connection must not be let go: something waits to be sent, say. */
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
      return authorized(state, event.token);
    case "tokenFailed":
      if (state.renewal === "authorizing") return postpone(state, on, event.retryAfterMs);
      return state.phase === "authorizing"
        ? wait({ ...state, fresh: false }, on, {
            atLeast: event.retryAfterMs ?? 0,
            reason: "the access token could not be renewed",
          })
        : [state, []];
    case "opened":
      return isOpening(state) ? opened(state, on) : [state, []];
    case "failed":
      return failed(state, event.code, on);
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
      return state.phase === "waiting" ? connect(state) : probe(state, on);
    case "offline":
    case "silence":
      return probe(state, on);
    case "needed":
      return state.phase === "released" ? connect(state) : [state, []];
    case "reconnect":
      return state.phase === "waiting" || state.phase === "released"
        ? connect(state)
        : probe(state, on);
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

/** Begins to put another connection in the place of this one, which stays in use until then. */
function renew(state: State): Step {
  if (state.phase !== "online" || state.renewal) return [state, []];
  return [{ ...state, renewal: "authorizing" }, [{ do: "getToken", fresh: state.fresh }]];
}

function postpone(state: State, on: Circumstances, atLeast = on.renewAgain): Step {
  const { renewal: _, ...rest } = state;
  const ms = atLeast + backoff(0, on.random);
  return [
    rest,
    [{ do: "abandon" }, { do: "clear", timer: "open" }, { do: "set", timer: "renew", ms }],
  ];
}

function authorized(state: State, token: string): Step {
  const effects: Effect[] = [
    { do: "open", token },
    { do: "set", timer: "open", ms: OPEN_TIMEOUT },
  ];
  if (state.renewal === "authorizing") return [{ ...state, renewal: "opening" }, effects];
  return state.phase === "authorizing" ? [{ ...state, phase: "opening" }, effects] : [state, []];
}

export function isOpening(state: State): boolean {
  return state.phase === "opening" || state.renewal === "opening";
}

function opened(state: State, on: Circumstances): Step {
  const renewIn = Math.floor(on.renewAfter * (1 + on.random() * RENEW_SPREAD));
  return [
    { ...at(state, "online"), fresh: false },
    [
      { do: "take" },
      { do: "clear", timer: "open" },
      { do: "clear", timer: "pong" },
      { do: "set", timer: "stable", ms: STABLE_AFTER },
      { do: "set", timer: "renew", ms: renewIn },
      keepAlive(state, on),
    ],
  ];
}

function failed(state: State, code: number, on: Circumstances): Step {
  if (code === CloseCode.SessionEnded) return end(state);
  if (!isOpening(state)) return [state, []];
  // A refused handshake looks like any other failure to a page. A token that was not renewed for
  // this try may be why, so that the next try renews it.
  const next = { ...state, fresh: !state.fresh };
  return state.renewal
    ? postpone(next, on)
    : wait(next, on, { reason: "the server cannot be reached" });
}

function closed(state: State, code: number, on: Circumstances): Step {
  if (code === CloseCode.SessionEnded) return end(state);
  if (state.phase !== "online") return [state, []];
  if (state.renewal && code !== CloseCode.Flooding) {
    // The next one is on its way already; it may even be what pushed this one out.
    return [at(state, state.renewal), [{ do: "lose" }]];
  }
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
      if (state.renewal === "opening") return postpone(state, on);
      return state.phase === "opening"
        ? wait({ ...state, fresh: false }, on, { reason: "the server does not answer" })
        : [state, []];
    case "ping": {
      // What will be let go soon is not kept alive.
      const idle = !state.visible && on.releaseAfter > 0 && !on.busy;
      return idle && state.phase === "online" ? [state, [keepAlive(state, on)]] : probe(state, on);
    }
    case "pong":
      return state.phase === "online"
        ? wait(state, on, { reason: "the connection fell silent" })
        : [state, []];
    case "stable":
      return [{ ...state, attempt: 0 }, []];
    case "renew":
      return renew(state);
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
  if (state.visible) return also(probe(state, on), timers);
  return state.phase === "online" ? [state, [keepAlive(state, on), ...timers]] : [state, timers];
}

/** Asks for a sign of life. Asking again does not put off the limit of the first one. */
function probe(state: State, on: Circumstances): Step {
  if (state.phase !== "online") return [state, []];
  const next = keepAlive(state, on);
  if (state.pinged) return [state, [next]];
  return [
    { ...state, pinged: true },
    [{ do: "ping" }, next, { do: "set", timer: "pong", ms: PONG_TIMEOUT }],
  ];
}

/** The time of the next asking. */
function keepAlive({ visible }: State, on: Circumstances): Effect {
  const every = visible ? on.keepAlive : Math.max(on.keepAlive, KEEP_ALIVE_HIDDEN);
  const ms = Math.floor(every * (1 + (on.random() - 0.5) * KEEP_ALIVE_SPREAD));
  return { do: "set", timer: "ping", ms };
}

function releaseTimer(visible: boolean, on: Circumstances): Effect[] {
  if (on.releaseAfter === 0) return [];
  return visible
    ? [{ do: "clear", timer: "release" }]
    : [{ do: "set", timer: "release", ms: on.releaseAfter }];
}
