import { useI18n } from "../i18n/index.tsx";
import { isCode, sentenceOf } from "../state/failures.ts";
import { Button } from "../ui/Button.tsx";
import { FormError } from "../ui/FormError.tsx";
import styles from "./Search.module.css";
import type { Found } from "./useSearch.ts";
import { useWords } from "./words.ts";

interface SearchNoteProps {
  found: Found;
  onRetry: () => void;
}

/** What there is to say about a search besides what it found. */
export function SearchNote({ found: { status, hits, problem }, onRetry }: SearchNoteProps) {
  const { t } = useI18n();
  const words = useWords();
  const off = isCode(problem, "forbidden");
  const text = (): string => {
    switch (status) {
      case "searching":
        return hits.length === 0 ? words.searching : "";
      case "offline":
        return words.offline;
      case "tooLong":
        return words.tooLong;
      case "failed":
        return off ? words.off : "";
      case "done":
        return hits.length === 0 ? words.noMessage : "";
      case "idle":
        return "";
    }
  };
  return (
    <>
      <p className={styles.note} role="status">
        {text()}
        {status === "done" && hits.length > 0 && (
          <span className="said">{words.found(hits.length)}</span>
        )}
      </p>
      {problem !== undefined && !off && (
        <div className={styles.more}>
          <FormError>{sentenceOf(problem, t)}</FormError>
          <Button look="plain" onClick={onRetry}>
            {t.common.retry}
          </Button>
        </div>
      )}
    </>
  );
}
