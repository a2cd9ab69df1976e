import { useEffect, useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { useAccount } from "../state/context.tsx";
import { sentenceOf } from "../state/failures.ts";
import type { Device } from "../state/own.ts";
import { useNow } from "../state/useNow.ts";
import { Button } from "../ui/Button.tsx";
import { FormError } from "../ui/FormError.tsx";
import styles from "./Devices.module.css";
import { useWords } from "./words.ts";

/** Where one is signed in, and the way to end it. */
export function Devices() {
  const { t, dates } = useI18n();
  const words = useWords();
  const account = useAccount();
  const now = useNow();
  const [devices, setDevices] = useState<readonly Device[]>();
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState<string>();
  const [said, setSaid] = useState("");

  useEffect(() => {
    account.own().devices().then(setDevices, setProblem);
  }, [account]);

  const end = async (what: string, ending: () => Promise<void>): Promise<void> => {
    setBusy(what);
    setSaid("");
    try {
      await ending();
      setSaid(words.ended);
      setDevices(await account.own().devices());
      setProblem(undefined);
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(undefined);
    }
  };

  const others = devices?.some((device) => !device.current) ?? false;
  return (
    <div className={styles.devices}>
      <p className={styles.text}>{words.devicesText}</p>
      {devices === undefined && problem === undefined && <p role="status">{t.common.loading}</p>}
      <ul className={styles.list}>
        {devices?.map((device) => {
          const name = device.device ?? words.unknown;
          const place = device.place === undefined ? "" : ` · ${device.place}`;
          return (
            <li key={device.id} className={styles.device}>
              <div>
                <p className={styles.name}>{name}</p>
                <p className={styles.text}>
                  {device.current ? words.current : words.used(dates.ago(device.lastUsedAt, now))}
                  {place}
                </p>
              </div>
              {!device.current && (
                <Button
                  aria-label={words.endLabel(name)}
                  busy={busy === device.id}
                  onClick={() => void end(device.id, () => account.own().end(device.id))}
                >
                  {words.end}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      <FormError>{problem === undefined ? undefined : sentenceOf(problem, t)}</FormError>
      <p className={styles.said} role="status">
        {said}
      </p>
      {others && (
        <Button
          busy={busy === "others"}
          onClick={() => void end("others", () => account.own().endOthers())}
        >
          {words.endOthers}
        </Button>
      )}
    </div>
  );
}
