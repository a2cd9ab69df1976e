import { useId, useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { permission, requestPermission } from "../shell/notifications.ts";
import { usePreferences } from "../state/context.tsx";
import styles from "./NotificationSetting.module.css";

export function NotificationSetting() {
  const { t } = useI18n();
  const id = useId();
  const [{ notify = false }, setPreferences] = usePreferences();
  const [granted, setGranted] = useState(permission);

  const change = async (on: boolean): Promise<void> => {
    if (!on) {
      setPreferences({ notify: false });
      return;
    }
    const answer = await requestPermission();
    setGranted(answer);
    setPreferences({ notify: answer === "granted" });
  };

  const hint =
    granted === "unsupported"
      ? t.settings.notifyUnsupported
      : granted === "denied"
        ? t.settings.notifyDenied
        : t.settings.notifyHint;
  return (
    <div className={styles.setting}>
      <div>
        <label htmlFor={id}>{t.settings.notify}</label>
        <p id={`${id}-hint`}>{hint}</p>
      </div>
      <input
        id={id}
        type="checkbox"
        role="switch"
        className={styles.switch}
        aria-describedby={`${id}-hint`}
        checked={notify && granted === "granted"}
        disabled={granted === "unsupported" || granted === "denied"}
        onChange={(event) => void change(event.target.checked)}
      />
    </div>
  );
}
