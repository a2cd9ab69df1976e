import { type ReactNode, useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { WantedDialog } from "../notifications/WantedDialog.tsx";
import { useWords } from "../search/words.ts";
import { navigate } from "../shell/useRoute.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { IconButton } from "../ui/Button.tsx";
import styles from "./HeaderBar.module.css";

interface HeaderBarProps {
  /** The conversation. */
  id: string;
  /** Whose picture it is: a person's, or the room's. */
  sub: string;
  name: string;
  online?: boolean;
  /** What stands below the name. */
  note: string;
  /** It tells of what goes on right now. */
  live: boolean;
  onSearch: () => void;
  /** What one may do besides, as buttons. */
  children: ReactNode;
}

/** The top of a conversation: whom or what it is with, and what to do about it. */
export function HeaderBar(props: HeaderBarProps) {
  const { id, sub, name, online = false, note, live, onSearch, children } = props;
  const { t } = useI18n();
  const searching = useWords();
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
      <Avatar sub={sub} name={name} size="s" online={online} />
      <div className={styles.who}>
        <h1 className={styles.name} dir="auto">
          {name}
        </h1>
        <p className={styles.note} data-live={live || undefined}>
          {note}
        </p>
      </div>
      <div className={styles.end}>
        <IconButton icon="search" label={searching.here} onClick={onSearch} />
        <IconButton
          icon="bell"
          label={t.notifications.title}
          onClick={() => {
            setDeciding(true);
          }}
        />
        {children}
      </div>
      {deciding && (
        <WantedDialog
          id={id}
          onClose={() => {
            setDeciding(false);
          }}
        />
      )}
    </header>
  );
}
