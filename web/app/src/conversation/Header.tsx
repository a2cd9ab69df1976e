import { conversationIdOf, type Person } from "@aizuchi/sdk";
import { useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { WantedDialog } from "../notifications/WantedDialog.tsx";
import { PersonMenu } from "../privacy/PersonMenu.tsx";
import { navigate } from "../shell/useRoute.ts";
import { useClient, useObservable } from "../state/context.tsx";
import { presenceText } from "../state/presence.ts";
import { useNow } from "../state/useNow.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { IconButton } from "../ui/Button.tsx";
import styles from "./Header.module.css";

interface HeaderProps {
  partner: Person;
  typing: boolean;
}

/** Whom the conversation is with, and whether they are there. */
export function Header({ partner, typing }: HeaderProps) {
  const i18n = useI18n();
  const { t } = i18n;
  const client = useClient();
  const now = useNow();
  const presence = useObservable(client.presence(partner.sub));
  const [deciding, setDeciding] = useState(false);

  return (
    <header className={styles.header}>
      <IconButton
        icon="back"
        className={styles.back}
        label={t.conversation.toList}
        onClick={() => {
          navigate({ page: "home" });
        }}
      />
      <Avatar sub={partner.sub} name={partner.username} size="s" online={presence.online} />
      <div className={styles.who}>
        <h1 className={styles.name} dir="auto">
          {partner.username}
        </h1>
        <p className={styles.presence} data-live={typing || presence.online || undefined}>
          {typing ? t.people.typing : presenceText(presence, now, i18n)}
        </p>
      </div>
      <IconButton
        icon="bell"
        className={styles.end}
        label={t.notifications.title}
        onClick={() => {
          setDeciding(true);
        }}
      />
      <PersonMenu partner={partner} />
      {deciding && (
        <WantedDialog
          id={conversationIdOf(client.self.sub, partner.sub)}
          onClose={() => {
            setDeciding(false);
          }}
        />
      )}
    </header>
  );
}
