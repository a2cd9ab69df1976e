import { useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { sentenceOf } from "../state/failures.ts";

interface Doing {
  busy: boolean;
  /** Why the last one failed, in words. */
  problem: string | undefined;
  /** Answers whether it was done. */
  run: (what: () => Promise<unknown>) => Promise<boolean>;
}

/**
 * One thing at a time that a person has asked for. `explain` knows better words for some failures
 * than those that fit everywhere.
 */
export function useDoing(explain?: (error: unknown) => string | undefined): Doing {
  const { t } = useI18n();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  return {
    busy,
    problem,
    run: async (what) => {
      setBusy(true);
      setProblem(undefined);
      try {
        await what();
        return true;
      } catch (error) {
        setProblem(explain?.(error) ?? sentenceOf(error, t));
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}
