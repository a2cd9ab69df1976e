import { useRef, useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { useAccount } from "../state/context.tsx";
import { isCode, sentenceOf } from "../state/failures.ts";
import { Button } from "../ui/Button.tsx";
import { FormError } from "../ui/FormError.tsx";
import { createExporting, type Exporting, fileNamed } from "./exporting.ts";
import styles from "./SignOut.module.css";
import { useWords } from "./words.ts";

/** All that is one's own, as a file. */
export function Export() {
  const { t } = useI18n();
  const words = useWords();
  const account = useAccount();
  /** One that was begun, and is not done. */
  const begun = useRef<Exporting>(undefined);
  const [bytes, setBytes] = useState<number>();
  const [state, setState] = useState<"idle" | "busy" | "stopped" | "done">("idle");
  const [problem, setProblem] = useState<string>();

  const run = async (): Promise<void> => {
    setState("busy");
    setProblem(undefined);
    try {
      if (!begun.current) {
        const sink = await fileNamed(`aizuchi-${new Date().toISOString().slice(0, 10)}.ndjson`);
        if (!sink) {
          setState("idle");
          return;
        }
        begun.current = createExporting(account.own().exportPart, sink);
      }
      await begun.current.run(setBytes);
      begun.current = undefined;
      setState("done");
    } catch (error) {
      const early = isCode(error, "rate_limited");
      if (early) begun.current = undefined;
      setState(early ? "idle" : "stopped");
      setProblem(early ? words.exportEarly : sentenceOf(error, t));
    }
  };

  return (
    <div className={styles.block}>
      <div className={styles.signOut}>
        <p>{words.exportText}</p>
        <Button icon="download" busy={state === "busy"} onClick={() => void run()}>
          {state === "stopped" ? words.exportOn : words.export}
        </Button>
      </div>
      <p className={styles.said} role="status">
        {state === "busy" && words.exporting(bytes ?? 0)}
        {state === "done" && words.exported(bytes ?? 0)}
      </p>
      <FormError>{problem}</FormError>
    </div>
  );
}
