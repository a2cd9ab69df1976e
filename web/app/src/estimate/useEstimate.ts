import { useEffect, useState } from "react";
import { type Answer, ask } from "./answer.ts";

/** How long a slider must rest before the server is asked, in milliseconds. */
const REST = 150;

/** The last answer, and how it stands with the next. */
export interface Estimate {
  readonly answer: Answer | undefined;
  readonly loading: boolean;
  readonly failed: boolean;
  readonly retry: () => void;
}

/** Asks when the query has come to rest. The last answer stays until there is another. */
export function useEstimate(query: string): Estimate {
  const [answer, setAnswer] = useState<Answer>();
  const [round, setRound] = useState(0);
  // Which question has been settled, and how.
  const [settled, setSettled] = useState<{ asked: string; failed: boolean }>();
  const asked = `${round}?${query}`;
  const first = answer === undefined && settled === undefined;

  useEffect(() => {
    const abort = new AbortController();
    const settle = (failed: boolean): void => {
      if (!abort.signal.aborted) setSettled({ asked, failed });
    };
    const run = (): void => {
      ask(query, abort.signal).then(
        (next) => {
          if (!abort.signal.aborted) setAnswer(next);
          settle(false);
        },
        () => {
          settle(true);
        },
      );
    };
    const timer = setTimeout(run, first ? 0 : REST);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
    // `first` matters only when a question is new.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [asked, query]);

  const isSettled = settled?.asked === asked;
  return {
    answer,
    loading: !isSettled,
    failed: isSettled && settled.failed,
    retry: () => {
      setRound(round + 1);
    },
  };
}
