import { useEffect, useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { useClient, useObservable } from "../state/context.tsx";
import { Button } from "../ui/Button.tsx";
import styles from "./ConnectionLine.module.css";
import { connectionText } from "./connectionText.ts";
import { useNetworked } from "./useNetworked.ts";

/** How long a connection may be away before it is worth a word, in milliseconds. */
const PATIENCE = 1_500;

/** One quiet line while there is no connection. */
export function ConnectionLine() {
  const { t } = useI18n();
  const client = useClient();
  const { status } = useObservable(client.connection);
  const networked = useNetworked();
  const away = status !== "online" || !networked;
  const [shown, setShown] = useState(false);

  useEffect(() => {
    const timer = setTimeout(
      () => {
        setShown(away);
      },
      away ? PATIENCE : 0,
    );
    return () => {
      clearTimeout(timer);
    };
  }, [away]);

  const text = shown && away ? connectionText(status, networked, t) : undefined;
  return (
    <div className={styles.line} role="status" data-shown={text !== undefined || undefined}>
      {text !== undefined && (
        <p>
          <span className={styles.dot} aria-hidden="true" />
          {text}
          {status === "waiting" && networked && (
            <Button look="plain" onClick={client.reconnect}>
              {t.connection.now}
            </Button>
          )}
          {status === "released" && (
            <Button look="plain" onClick={client.reconnect}>
              {t.connection.resume}
            </Button>
          )}
        </p>
      )}
    </div>
  );
}
