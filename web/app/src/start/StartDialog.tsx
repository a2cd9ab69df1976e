import { useI18n } from "../i18n/index.tsx";
import { RoomForm } from "../rooms/RoomForm.tsx";
import { useWords } from "../rooms/words.ts";
import { useClient } from "../state/context.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { InviteCard } from "./InviteCard.tsx";
import styles from "./Start.module.css";
import { StartForm } from "./StartForm.tsx";

/** Starting a conversation while others are going on. */
export function StartDialog({ onClose }: { onClose: () => void }) {
  const { t } = useI18n();
  const words = useWords();
  const { self } = useClient();
  return (
    <Dialog title={t.start.title} onClose={onClose}>
      <StartForm onOpened={onClose} />
      <section className={styles.invite}>
        <h3>{words.title}</h3>
        <RoomForm onOpened={onClose} />
      </section>
      <section className={styles.invite}>
        <h3>{t.start.inviteTitle}</h3>
        <InviteCard self={self} />
      </section>
    </Dialog>
  );
}
