import { useI18n } from "../i18n/index.tsx";
import { failureText } from "../state/failures.ts";
import { Button, IconButton } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { kindOf, sizeText } from "./kinds.ts";
import styles from "./Tray.module.css";
import type { Leaving, Upload } from "./uploads.ts";
import { type FileWords, useFileWords } from "./words.ts";

interface TrayProps {
  uploads: readonly Upload[];
  onRemove: (key: string) => void;
  onRetry: (key: string) => void;
}

/** The files that go with the next message, and how far up they are. */
export function Tray({ uploads, onRemove, onRetry }: TrayProps) {
  const words = useFileWords();
  if (uploads.length === 0) return null;
  return (
    <ul className={styles.tray} aria-label={words.attached}>
      {uploads.map((upload) => (
        <li key={upload.key} className={styles.item} data-state={upload.state}>
          <Sight upload={upload} />
          <div className={styles.about}>
            <bdi className={styles.name}>{upload.file.name}</bdi>
            <span className={styles.line}>
              <How upload={upload} />
            </span>
            <Progress upload={upload} />
          </div>
          {upload.state === "failed" && canHelp(upload) && (
            <IconButton
              icon="again"
              className={styles.button}
              label={words.retryFile(upload.file.name)}
              onClick={() => {
                onRetry(upload.key);
              }}
            />
          )}
          <IconButton
            icon="close"
            className={styles.button}
            label={words.remove(upload.file.name)}
            onClick={() => {
              onRemove(upload.key);
            }}
          />
        </li>
      ))}
    </ul>
  );
}

function canHelp({ failure }: Upload): boolean {
  return failure?.code !== "too_large" && failure?.code !== "invalid_request";
}

function Sight({ upload }: { upload: Upload }) {
  const words = useFileWords();
  const { file, url } = upload;
  return url === undefined ? (
    <span className={styles.kind} aria-hidden="true">
      <Icon name="file" />
      <span>{kindOf(file.name, words).slice(0, 4)}</span>
    </span>
  ) : (
    <img className={styles.sight} src={url} alt="" />
  );
}

function How({ upload }: { upload: Upload }) {
  const words = useFileWords();
  const { locale } = useI18n();
  const size = sizeText(upload.file.size, locale);
  if (upload.state === "failed") return problemOf(upload, words);
  if (upload.state === "waiting") return words.waiting;
  return upload.state === "sending" ? `${size} · ${words.uploading(percentOf([upload]))}` : size;
}

function problemOf({ failure }: Upload, words: FileWords): string {
  switch (failure?.code) {
    case "too_large":
      return words.tooLarge;
    case "invalid_request":
    case "forbidden":
    case "not_found":
      return words.refused;
    default:
      return words.interrupted;
  }
}

function Progress({ upload }: { upload: Upload }) {
  const words = useFileWords();
  if (upload.state !== "sending") return null;
  return (
    <progress
      className={styles.progress}
      max={100}
      value={percentOf([upload])}
      aria-label={words.progress(upload.file.name)}
    />
  );
}

function percentOf(uploads: readonly Upload[]): number {
  const all = uploads.reduce((sum, { file }) => sum + file.size, 0);
  const sent = uploads.reduce((sum, { sent }) => sum + sent, 0);
  return all === 0 ? 100 : Math.floor((100 * sent) / all);
}

interface LeavingProps {
  message: Leaving;
  onRemove: (key: string) => void;
  onRetry: (key: string) => void;
  onBack: () => void;
}

/** A message that goes out when its files are up. */
export function LeavingMessage({ message, onRemove, onRetry, onBack }: LeavingProps) {
  const words = useFileWords();
  const { t } = useI18n();
  const { uploads, text, failure } = message;
  return (
    <section className={styles.leaving} aria-label={words.leaving}>
      <header className={styles.head}>
        <p role="status" data-error={failure !== undefined || undefined}>
          {failure ? failureText(failure, t) : words.leaving}
        </p>
        <Button look="plain" onClick={onBack}>
          {words.cancel}
        </Button>
      </header>
      {text !== "" && <bdi className={styles.text}>{text}</bdi>}
      <Tray uploads={uploads} onRemove={onRemove} onRetry={onRetry} />
    </section>
  );
}
