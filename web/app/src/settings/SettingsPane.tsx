import { useEffect, useRef } from "react";
import { useI18n } from "../i18n/index.tsx";
import { navigate } from "../shell/useRoute.ts";
import { useAccount, useClient } from "../state/context.tsx";
import { InviteCard } from "../start/InviteCard.tsx";
import { Avatar } from "../ui/Avatar.tsx";
import { IconButton } from "../ui/Button.tsx";
import { PrivacySettings } from "../privacy/PrivacySettings.tsx";
import { useWords as usePrivacyWords } from "../privacy/words.ts";
import { Appearance } from "./Appearance.tsx";
import { Devices } from "./Devices.tsx";
import { Export } from "./Export.tsx";
import { Leave } from "./Leave.tsx";
import { NotificationSetting } from "./NotificationSetting.tsx";
import { PasswordForm } from "./PasswordForm.tsx";
import { Section } from "./Section.tsx";
import styles from "./SettingsPane.module.css";
import { SignOut } from "./SignOut.tsx";
import { useWords } from "./words.ts";

export function SettingsPane() {
  const { t } = useI18n();
  const privacy = usePrivacyWords();
  const words = useWords();
  const { self } = useClient();
  const { byIssuer } = useAccount();
  const heading = useRef<HTMLHeadingElement>(null);

  // Who comes by keyboard goes on from here.
  useEffect(() => {
    heading.current?.focus();
  }, []);

  return (
    <div className={styles.pane}>
      <header className={styles.header}>
        <IconButton
          icon="back"
          label={t.common.back}
          onClick={() => {
            navigate({ page: "home" });
          }}
        />
        <h1 ref={heading} tabIndex={-1}>
          {t.settings.title}
        </h1>
      </header>
      <div className={styles.scroll}>
        <div className={styles.content}>
          <Section title={t.settings.profile}>
            <div className={styles.self}>
              <Avatar sub={self.sub} name={self.username} size="l" />
              <p className={styles.name} dir="auto">
                {self.username}
              </p>
            </div>
            <InviteCard self={self} />
          </Section>
          <Section title={t.settings.appearance}>
            <Appearance />
          </Section>
          <Section title={t.settings.notifications}>
            <NotificationSetting />
          </Section>
          <Section title={privacy.title}>
            <PrivacySettings />
          </Section>
          {!byIssuer() && (
            <Section title={t.settings.password}>
              <PasswordForm name={self.username} />
            </Section>
          )}
          <Section title={words.devices}>
            <Devices />
          </Section>
          <Section title={t.settings.account}>
            <SignOut />
          </Section>
          <Section title={words.data}>
            <Export />
            <Leave />
          </Section>
        </div>
      </div>
    </div>
  );
}
