import { useI18n } from "../i18n/index.tsx";
import { unreadText } from "../list/unread.ts";
import { Icon } from "../ui/Icon.tsx";
import styles from "./JumpButton.module.css";

/** Brings a reader of older messages back to the newest, and says how many have come. */
export function JumpButton({ unread, onClick }: { unread: number; onClick: () => void }) {
  const { t } = useI18n();
  const label =
    unread > 0
      ? `${t.conversation.jump}: ${t.conversation.jumpUnread(unread)}`
      : t.conversation.jump;
  return (
    <button
      type="button"
      className={styles.jump}
      aria-label={label}
      title={label}
      onClick={onClick}
    >
      <Icon name="down" />
      {unread > 0 && (
        <span className={styles.count} aria-hidden="true">
          {unreadText(unread, t)}
        </span>
      )}
    </button>
  );
}
