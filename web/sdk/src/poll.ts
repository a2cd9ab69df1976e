import { isFrame } from "./codec.ts";
import { AizuchiError } from "./errors.ts";
import { CloseCode, type ClientFrame, type ServerFrame } from "./generated/wire.ts";
import type { Call, Http } from "./http.ts";
import { HTTP_TIMEOUT, POLL_PAUSE, POLL_PAUSE_MAX, POLL_TIMEOUT, POLL_WAIT } from "./limits.ts";
import { ABNORMAL, type Transport, type TransportHandlers } from "./transport.ts";

export interface PollOptions {
  readonly http: Http;
  /** One that is good now: a connection may outlive many. */
  readonly token: () => Promise<string>;
  readonly setTimer: (run: () => void, ms: number) => () => void;
}

interface Answer {
  readonly events: readonly unknown[];
  readonly after: string;
  readonly more: boolean;
  /** 0 where the server lets nobody wait. */
  readonly wait: number;
  readonly opened: boolean;
  readonly closed?: number;
}

/**
 * What a socket does, by HTTP calls: a poll that waits for what comes, and one call after another
 * for what goes, so that nothing is overtaken.
 */
export function openPoll(options: PollOptions, handlers: TransportHandlers): Transport {
  const { http, token, setTimer } = options;
  const calls = new AbortController();
  const unsent: ClientFrame[] = [];
  let state: "opening" | "open" | "over" = "opening";
  let after = "now";
  let sending = false;
  let quiet = 0;
  let wake: () => void = () => undefined;

  function end(code?: number): void {
    if (state === "over") return;
    state = "over";
    calls.abort();
    wake();
    if (code !== undefined) handlers.onClose(code);
  }

  /** Undefined where it failed, which is the end. */
  async function call(what: Call, ms: number): Promise<Answer | undefined> {
    const stopTimer = setTimer(() => {
      end(ABNORMAL);
    }, ms);
    try {
      const answer = read(await http({ ...what, token: await token(), signal: calls.signal }));
      if (!answer) end(ABNORMAL);
      return answer;
    } catch (error) {
      const often = error instanceof AizuchiError && error.code === "rate_limited";
      end(often ? CloseCode.Flooding : ABNORMAL);
      return undefined;
    } finally {
      stopTimer();
    }
  }

  function take(events: readonly unknown[]): ServerFrame[] {
    const frames: ServerFrame[] = [];
    for (const event of events) {
      if (state === "over") break;
      const frame = isFrame(event) ? event : undefined;
      handlers.onFrame(frame);
      if (frame) frames.push(frame);
    }
    return frames;
  }

  async function poll(): Promise<void> {
    while (!over()) {
      const path = `/api/events?after=${encodeURIComponent(after)}&wait=${POLL_WAIT}`;
      const answer = await call({ method: "GET", path }, POLL_TIMEOUT);
      if (!answer || over()) return;
      after = answer.after;
      if (state === "opening") {
        state = "open";
        handlers.onOpen();
      } else if (answer.opened) {
        // The server forgot this connection, and whom it watches.
        end(ABNORMAL);
        return;
      } else {
        // Nothing is a sign of life, too.
        if (answer.events.length === 0) handlers.onFrame(undefined);
        if (take(answer.events).some(isNews)) quiet = 0;
      }
      if (answer.closed !== undefined) end(answer.closed);
      else if (answer.wait === 0 && !answer.more) await pause();
    }
  }

  function over(): boolean {
    return state === "over";
  }

  /** Where nobody may wait, it is asked less and less often while nothing happens. */
  async function pause(): Promise<void> {
    if (over()) return;
    await new Promise<void>((resolve) => {
      const stopTimer = setTimer(resolve, Math.min(POLL_PAUSE * 1.5 ** quiet++, POLL_PAUSE_MAX));
      wake = () => {
        stopTimer();
        resolve();
      };
    });
  }

  async function sendAll(): Promise<void> {
    sending = true;
    for (let frame = unsent.shift(); frame && !over(); frame = unsent.shift()) {
      const path = `/api/frames?over=${encodeURIComponent(after)}`;
      const answer = await call({ method: "POST", path, body: frame }, HTTP_TIMEOUT);
      if (!answer) break;
      const rest = continued(frame, take(answer.events));
      if (rest) unsent.unshift(rest);
    }
    sending = false;
  }

  void poll();
  return {
    send: (frame) => {
      if (frame.action !== "PING") quiet = 0;
      unsent.push(frame);
      if (!sending) void sendAll();
    },
    close: () => {
      end();
    },
  };
}

/** Whether it may be followed by more. */
function isNews(frame: ServerFrame): boolean {
  return frame.action !== "SYNC" || frame.conversations.length > 0;
}

/** What is to be asked where the answer to a `SYNC` ended before all was brought. */
function continued(asked: ClientFrame, answer: readonly ServerFrame[]): ClientFrame | undefined {
  const last = answer.at(-1);
  if (asked.action !== "SYNC" || last?.action !== "SYNC" || !last.more) return undefined;
  const cursors = new Map(Object.entries(asked.cursors ?? {}));
  for (const frame of answer) {
    if (frame.action !== "SYNC") continue;
    for (const { conversationId, reset } of frame.conversations) {
      if (reset) cursors.delete(conversationId);
    }
    for (const { conversationId, seq } of frame.entries) cursors.set(conversationId, seq);
  }
  return { ...asked, cursors: Object.fromEntries(cursors) };
}

function read(answer: unknown): Answer | undefined {
  const {
    events,
    after = "",
    more = false,
    wait = 0,
    opened = false,
    closed,
  } = (answer ?? {}) as Record<string, unknown>;
  if (!Array.isArray(events) || typeof after !== "string" || typeof wait !== "number") {
    return undefined;
  }
  return {
    events,
    after,
    more: more === true,
    wait,
    opened: opened === true,
    ...(typeof closed === "number" && { closed }),
  };
}
