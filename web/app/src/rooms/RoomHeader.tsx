import type { ConversationState } from "@aizuchi/sdk";
import { useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { WantedDialog } from "../notifications/WantedDialog.tsx";
import { navigate } from "../shell/useRoute.ts";
import styles from "../conversation/Header.module.css";
import { Avatar } from "../ui/Avatar.tsx";
import { IconButton } from "../ui/Button.tsx";
import { RoomDetails } from "./RoomDetails.tsx";
import { useWords } from "./words.ts";

interface RoomHeaderProps {
  id: string;
  name: string;
  state: ConversationState;
  /** The names of those who type. */
  typing: readonly string[];
}

/** What a room is called, and how many are in it. */
export function RoomHeader({ id, name, state, typing }: RoomHeaderProps) {
  const { t } = useI18n();
  const words = useWords();
  const [detailed, setDetailed] = useState(false);
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
      <Avatar sub={id} name={name} size="s" />
      <div className={styles.who}>
        <h1 className={styles.name} dir="auto">
          {name}
        </h1>
        <p className={styles.presence} data-live={typing.length > 0 || undefined}>
          {typing.length > 0
            ? t.people.isTyping(words.list.format(typing))
            : words.members(state.memberCount ?? state.members.length)}
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
      <IconButton
        icon="more"
        label={words.details}
        onClick={() => {
          setDetailed(true);
        }}
      />
      {detailed && (
        <RoomDetails
          id={id}
          name={name}
          state={state}
          onClose={() => {
            setDetailed(false);
          }}
        />
      )}
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
