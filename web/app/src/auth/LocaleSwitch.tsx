import { type Locale, useI18n } from "../i18n/index.tsx";
import { usePreferences } from "../state/context.tsx";
import styles from "./LocaleSwitch.module.css";

/** Every language by its own name, for those who cannot read the present one. */
export const localeNames: Record<Locale, string> = { en: "English", ja: "日本語" };

/** Changes the language before there are settings to do it in. */
export function LocaleSwitch() {
  const { locale } = useI18n();
  const [, setPreferences] = usePreferences();
  return (
    <ul className={styles.languages}>
      {(Object.keys(localeNames) as Locale[]).map((name) => (
        <li key={name}>
          <button
            type="button"
            lang={name}
            className={styles.language}
            aria-pressed={name === locale}
            onClick={() => {
              setPreferences({ locale: name });
            }}
          >
            {localeNames[name]}
          </button>
        </li>
      ))}
    </ul>
  );
}
