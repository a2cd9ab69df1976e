import { describe, expect, it } from "vitest";
import {
  initial,
  step,
  view,
  type Circumstances,
  type Effect,
  type Event,
  type State,
} from "../src/connection.ts";
import {
  KEEP_ALIVE,
  KEEP_ALIVE_HIDDEN,
  PONG_TIMEOUT,
  RENEW_AFTER,
  RENEW_AGAIN,
} from "../src/limits.ts";

const on: Circumstances = {
  now: 1_000,
  random: () => 0.5,
  releaseAfter: 0,
  keepAlive: KEEP_ALIVE,
  renewAfter: RENEW_AFTER,
  renewAgain: RENEW_AGAIN,
  busy: false,
};

const inPhase = (phase: State["phase"], rest: Partial<State> = {}): State => ({
  ...initial,
  phase,
  ...rest,
});

/** Effects in short: their name, with what matters of them. */
function brief(effects: readonly Effect[]): string[] {
  return effects.map((effect) => {
    switch (effect.do) {
      case "getToken":
        return effect.fresh ? "getToken fresh" : "getToken";
      case "set":
        return `set ${effect.timer} ${effect.ms}`;
      case "clear":
        return `clear ${effect.timer}`;
      default:
        return effect.do;
    }
  });
}

const closed = (code: number): Event => ({ type: "closed", code });
const failed = (code: number): Event => ({ type: "failed", code });
const renewing = (renewal: "authorizing" | "opening"): State => inPhase("online", { renewal });
const after = (
  timer: "retry" | "open" | "ping" | "pong" | "stable" | "renew" | "release",
): Event => ({
  type: "timer",
  timer,
});

const over = ["drop", "clear release", "endSession"];

describe("a step of the connection", () => {
  const table: [string, State, Event, State["phase"], string[]][] = [
    ["start", initial, { type: "start", visible: true }, "authorizing", ["drop", "getToken"]],
    ["start twice", inPhase("online"), { type: "start", visible: true }, "online", []],
    [
      "token",
      inPhase("authorizing"),
      { type: "token", token: "t" },
      "opening",
      ["open", "set open 15000"],
    ],
    ["token too late", inPhase("waiting"), { type: "token", token: "t" }, "waiting", []],
    [
      "no token",
      inPhase("authorizing"),
      { type: "tokenFailed" },
      "waiting",
      ["drop", "set retry 250"],
    ],
    [
      "no token for now",
      inPhase("authorizing"),
      { type: "tokenFailed", retryAfterMs: 9_000 },
      "waiting",
      ["drop", "set retry 9250"],
    ],
    [
      "session over",
      inPhase("authorizing"),
      { type: "sessionEnded" },
      "ended",
      ["drop", "clear release", "endSession"],
    ],
    ["handshake timeout", inPhase("opening"), after("open"), "waiting", ["drop", "set retry 250"]],
    ["refused", inPhase("opening"), failed(1006), "waiting", ["drop", "set retry 250"]],
    ["lost", inPhase("online"), closed(1006), "waiting", ["drop", "set retry 250"]],
    [
      "lost again",
      inPhase("online", { attempt: 3 }),
      closed(1006),
      "waiting",
      ["drop", "set retry 2000"],
    ],
    ["server restarts", inPhase("online"), closed(1001), "waiting", ["drop", "set retry 2000"]],
    ["too large", inPhase("online"), closed(1009), "waiting", ["drop", "set retry 250"]],
    [
      "signed out",
      inPhase("online"),
      closed(4001),
      "ended",
      ["drop", "clear release", "endSession"],
    ],
    ["slow reader", inPhase("online"), closed(4002), "waiting", ["drop", "set retry 250"]],
    ["idle", inPhase("online"), closed(4003), "waiting", ["drop", "set retry 250"]],
    ["too old", inPhase("online"), closed(4004), "waiting", ["drop", "set retry 250"]],
    ["too many, in sight", inPhase("online"), closed(4005), "waiting", ["drop", "set retry 15000"]],
    [
      "too many, out of sight",
      inPhase("online", { visible: false }),
      closed(4005),
      "released",
      ["drop"],
    ],
    ["flooding", inPhase("online"), closed(4006), "waiting", ["drop", "set retry 10250"]],
    ["closed while waiting", inPhase("waiting"), closed(1006), "waiting", []],
    ["retry", inPhase("waiting"), after("retry"), "authorizing", ["drop", "getToken"]],
    [
      "network returns",
      inPhase("waiting"),
      { type: "online" },
      "authorizing",
      ["drop", "getToken"],
    ],
    [
      "looked at again",
      inPhase("waiting", { visible: false }),
      { type: "visible" },
      "authorizing",
      ["drop", "getToken"],
    ],
    [
      "reconnect now",
      inPhase("waiting"),
      { type: "reconnect" },
      "authorizing",
      ["drop", "getToken"],
    ],
    ["needed while waiting", inPhase("waiting"), { type: "needed" }, "waiting", []],
    [
      "ping",
      inPhase("online"),
      after("ping"),
      "online",
      ["ping", `set ping ${KEEP_ALIVE}`, `set pong ${PONG_TIMEOUT}`],
    ],
    [
      "ping while one is open",
      inPhase("online", { pinged: true }),
      after("ping"),
      "online",
      [`set ping ${KEEP_ALIVE}`],
    ],
    [
      "ping out of sight",
      inPhase("online", { visible: false }),
      after("ping"),
      "online",
      ["ping", `set ping ${KEEP_ALIVE_HIDDEN}`, `set pong ${PONG_TIMEOUT}`],
    ],
    [
      "sign of life",
      inPhase("online", { pinged: true }),
      { type: "frame" },
      "online",
      ["clear pong"],
    ],
    ["any other frame", inPhase("online"), { type: "frame" }, "online", []],
    [
      "silence",
      inPhase("online", { pinged: true }),
      after("pong"),
      "waiting",
      ["drop", "set retry 250"],
    ],
    [
      "woken",
      inPhase("online", { visible: false }),
      { type: "visible" },
      "online",
      ["ping", `set ping ${KEEP_ALIVE}`, `set pong ${PONG_TIMEOUT}`],
    ],
    ["hidden", inPhase("online"), { type: "hidden" }, "online", [`set ping ${KEEP_ALIVE_HIDDEN}`]],
    [
      "network changes",
      inPhase("online"),
      { type: "offline" },
      "online",
      ["ping", `set ping ${KEEP_ALIVE}`, `set pong ${PONG_TIMEOUT}`],
    ],
    [
      "an answer that does not come",
      inPhase("online"),
      { type: "silence" },
      "online",
      ["ping", `set ping ${KEEP_ALIVE}`, `set pong ${PONG_TIMEOUT}`],
    ],
    ["renewal by age", inPhase("online"), after("renew"), "online", ["getToken"]],
    ["renewal that is under way", renewing("opening"), after("renew"), "online", []],
    [
      "token for the renewal",
      renewing("authorizing"),
      { type: "token", token: "t" },
      "online",
      ["open", "set open 15000"],
    ],
    [
      "no token for the renewal",
      renewing("authorizing"),
      { type: "tokenFailed" },
      "online",
      ["abandon", "clear open", "set renew 60250"],
    ],
    [
      "renewal refused",
      renewing("opening"),
      failed(1006),
      "online",
      ["abandon", "clear open", "set renew 60250"],
    ],
    [
      "renewal without an answer",
      renewing("opening"),
      after("open"),
      "online",
      ["abandon", "clear open", "set renew 60250"],
    ],
    ["renewal of a session that is over", renewing("opening"), failed(4001), "ended", [...over]],
    ["lost while its successor opens", renewing("opening"), closed(1006), "opening", ["lose"]],
    ["pushed out by its successor", renewing("opening"), closed(4005), "opening", ["lose"]],
    ["lost before its successor", renewing("authorizing"), closed(1001), "authorizing", ["lose"]],
    ["signed out in a renewal", renewing("opening"), closed(4001), "ended", [...over]],
    [
      "back when needed",
      inPhase("released"),
      { type: "needed" },
      "authorizing",
      ["drop", "getToken"],
    ],
    [
      "back in sight",
      inPhase("released", { visible: false }),
      { type: "visible" },
      "authorizing",
      ["drop", "getToken"],
    ],
    ["stop", inPhase("online"), { type: "stop" }, "stopped", ["drop", "clear release"]],
    ["seen while stopped", initial, { type: "visible" }, "stopped", []],
    ["ended for good", inPhase("ended"), { type: "reconnect" }, "ended", []],
    ["ended for good, in sight", inPhase("ended"), { type: "visible" }, "ended", []],
  ];
  it.each(table)("%s", (_, state, event, phase, effects) => {
    const [next, done] = step(state, event, on);
    expect(next.phase).toBe(phase);
    expect(brief(done)).toEqual(effects);
  });

  it("opens with its timers set", () => {
    const [state, effects] = step(inPhase("opening"), { type: "opened" }, on);
    expect(state.phase).toBe("online");
    expect(brief(effects)).toEqual([
      "take",
      "clear open",
      "clear pong",
      "set stable 60000",
      "set renew 6615000",
      `set ping ${KEEP_ALIVE}`,
    ]);
  });

  it("takes its successor as it takes the first one, and counts its age anew", () => {
    const [state, effects] = step(renewing("opening"), { type: "opened" }, on);
    expect(state).toEqual(inPhase("online"));
    expect(brief(effects).slice(0, 1)).toEqual(["take"]);
    expect(brief(effects)).toContain("set renew 6615000");
  });

  it("asks at times of its own, and is never idle or old for the server", () => {
    const told = (random: number, keepAlive: number, visible: boolean): string[] => {
      const circumstances = { ...on, random: () => random, keepAlive, renewAfter: RENEW_AFTER };
      return brief(step(inPhase("opening", { visible }), { type: "opened" }, circumstances)[1]);
    };
    expect(told(0, 300_000, true)).toContain("set ping 270000");
    expect(told(0.9999, 300_000, true)).toContain("set ping 329994");
    expect(told(0.9999, 25_000, false)).toContain("set ping 263995");
    expect(told(0.9999, 25_000, true)).toContain("set renew 6929937");
  });

  it("counts failures until a connection held for a while", () => {
    let state = inPhase("online");
    [state] = step(state, closed(1006), on);
    [state] = step(state, after("retry"), on);
    [state] = step(state, { type: "token", token: "t" }, on);
    [state] = step(state, { type: "opened" }, on);
    expect(state.attempt).toBe(1);
    [state] = step(state, closed(1006), on);
    expect(state.attempt).toBe(2);
    [state] = step({ ...state, phase: "online" }, after("stable"), on);
    expect(state.attempt).toBe(0);
  });

  it("renews the token after a refusal, and not again when that did not help", () => {
    const refuse = (state: State): [State, string[]] => {
      [state] = step(state, { type: "token", token: "t" }, on);
      [state] = step(state, failed(1006), on);
      const [next, effects] = step(state, after("retry"), on);
      return [next, brief(effects)];
    };
    let effects: string[];
    let [state] = step(initial, { type: "start", visible: true }, on);
    [state, effects] = refuse(state);
    expect(effects).toEqual(["drop", "getToken fresh"]);
    [state, effects] = refuse(state);
    expect(effects).toEqual(["drop", "getToken"]);
    [, effects] = refuse(state);
    expect(effects).toEqual(["drop", "getToken fresh"]);
  });

  describe("with an idle release", () => {
    const releasing = { ...on, releaseAfter: 60_000 };

    it("lets go some time after the page went out of sight", () => {
      const [hidden, effects] = step(inPhase("online"), { type: "hidden" }, releasing);
      expect(brief(effects)).toContain("set release 60000");
      const [state, done] = step(hidden, after("release"), releasing);
      expect(state.phase).toBe("released");
      expect(brief(done)).toEqual(["drop"]);
    });

    it("stays while something waits to be sent", () => {
      const hidden = inPhase("online", { visible: false });
      const [state, effects] = step(hidden, after("release"), { ...releasing, busy: true });
      expect(state.phase).toBe("online");
      expect(brief(effects)).toEqual(["set release 60000"]);
    });

    it("is not kept alive out of sight, unless it must stay", () => {
      const hidden = inPhase("online", { visible: false });
      const ping = after("ping");
      expect(brief(step(hidden, ping, releasing)[1])).toEqual([`set ping ${KEEP_ALIVE_HIDDEN}`]);
      expect(brief(step(hidden, ping, { ...releasing, busy: true })[1])).toContain("ping");
    });

    it("stays when the page came back", () => {
      const [, effects] = step(
        inPhase("online", { visible: false }),
        { type: "visible" },
        releasing,
      );
      expect(brief(effects)).toContain("clear release");
      const [state] = step(inPhase("online"), after("release"), releasing);
      expect(state.phase).toBe("online");
    });
  });

  it("tells when it tries again, and why it must", () => {
    const [state] = step(inPhase("online"), closed(4006), on);
    expect(view(state)).toEqual({
      status: "waiting",
      retryAt: 11_250,
      reason: "too many messages",
    });
    const [again] = step(state, after("retry"), on);
    expect(view(again)).toEqual({ status: "connecting" });
  });
});
