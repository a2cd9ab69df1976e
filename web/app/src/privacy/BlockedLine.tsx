import type { Person } from "@aizuchi/sdk";
import { useClient } from "../state/context.tsx";
import { Button } from "../ui/Button.tsx";
import { FormError } from "../ui/FormError.tsx";
import styles from "./Privacy.module.css";
import { useDoing } from "./useDoing.ts";
import { useWords } from "./words.ts";

/** In place of the composer, where nothing can be written. */
export function BlockedLine({ partner }: { partner: Person }) {
  const words = useWords();
  const { privacy } = useClient();
  const { busy, problem, run } = useDoing();
  return (
    <div className={styles.line}>
      <p>{words.blocking(partner.username)}</p>
      <Button busy={busy} onClick={() => void run(() => privacy.unblock(partner.sub))}>
        {words.unblock}
      </Button>
      <FormError>{problem}</FormError>
    </div>
  );
}
