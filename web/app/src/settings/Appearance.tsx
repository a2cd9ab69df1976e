import { localeNames } from "../auth/LocaleSwitch.tsx";
import { type Locale, useI18n } from "../i18n/index.tsx";
import { usePreferences } from "../state/context.tsx";
import type { Preferences } from "../state/preferences.ts";
import { Choice } from "./Choice.tsx";

export function Appearance() {
  const { t } = useI18n();
  const [{ theme, locale }, setPreferences] = usePreferences();
  return (
    <>
      <Choice<Preferences["theme"]>
        label={t.settings.theme}
        value={theme}
        options={[
          { value: undefined, label: t.settings.themeSystem },
          { value: "light", label: t.settings.themeLight },
          { value: "dark", label: t.settings.themeDark },
        ]}
        onChange={(value) => {
          setPreferences({ theme: value });
        }}
      />
      <Choice<Locale | undefined>
        label={t.settings.language}
        value={locale}
        options={[
          { value: undefined, label: t.settings.languageSystem },
          { value: "en", label: localeNames.en, lang: "en" },
          { value: "ja", label: localeNames.ja, lang: "ja" },
        ]}
        onChange={(value) => {
          setPreferences({ locale: value });
        }}
      />
    </>
  );
}
