import { useId, useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { permission, requestPermission } from "../shell/notifications.ts";
import { usePreferences } from "../state/context.tsx";
import styles from "./NotificationSetting.module.css";

export function NotificationSetting() {
  const { t } = useI18n();
  const id = useId();
  const [{ notify = false, preview = true }, setPreferences] = usePreferences();
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
  const on = notify && granted === "granted";
  return (
    <>
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
          checked={on}
          disabled={granted === "unsupported" || granted === "denied"}
          onChange={(event) => void change(event.target.checked)}
        />
      </div>
      {on && (
        <div className={styles.setting}>
          <div>
            <label htmlFor={`${id}-preview`}>{t.settings.preview}</label>
            <p id={`${id}-preview-hint`}>{t.settings.previewHint}</p>
          </div>
          <input
            id={`${id}-preview`}
            type="checkbox"
            role="switch"
            className={styles.switch}
            aria-describedby={`${id}-preview-hint`}
            checked={preview}
            onChange={(event) => {
              setPreferences({ preview: event.target.checked });
            }}
          />
        </div>
      )}
    </>
  );
}
