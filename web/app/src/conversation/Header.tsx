import { conversationIdOf, type Person } from "@aizuchi/sdk";
import { useI18n } from "../i18n/index.tsx";
import { PersonMenu } from "../privacy/PersonMenu.tsx";
import { useClient, useObservable } from "../state/context.tsx";
import { presenceText } from "../state/presence.ts";
import { useNow } from "../state/useNow.ts";
import { HeaderBar } from "./HeaderBar.tsx";

interface HeaderProps {
  partner: Person;
  typing: boolean;
  /** There is no such person any more. */
  deleted: boolean;
  onSearch: () => void;
}

/** Whom the conversation is with, and whether they are there. */
export function Header({ partner, typing, deleted, onSearch }: HeaderProps) {
  const i18n = useI18n();
  const { t } = i18n;
  const client = useClient();
  const now = useNow();
  const presence = useObservable(client.presence(partner.sub));
  const note = typing ? t.people.typing : presenceText(presence, now, i18n);

  return (
    <HeaderBar
      id={conversationIdOf(client.self.sub, partner.sub)}
      sub={partner.sub}
      name={partner.username}
      online={presence.online}
      note={deleted ? t.people.left : note}
      live={typing || presence.online}
      onSearch={onSearch}
    >
      <PersonMenu partner={partner} />
    </HeaderBar>
  );
}
