import type { ConversationState } from "@aizuchi/sdk";
import { useState } from "react";
import { HeaderBar } from "../conversation/HeaderBar.tsx";
import { useI18n } from "../i18n/index.tsx";
import { IconButton } from "../ui/Button.tsx";
import { RoomDetails } from "./RoomDetails.tsx";
import { useWords } from "./words.ts";

interface RoomHeaderProps {
  id: string;
  name: string;
  state: ConversationState;
  /** The names of those who type. */
  typing: readonly string[];
  onSearch: () => void;
}

/** What a room is called, and how many are in it. */
export function RoomHeader({ id, name, state, typing, onSearch }: RoomHeaderProps) {
  const { t } = useI18n();
  const words = useWords();
  const [detailed, setDetailed] = useState(false);
  const note =
    typing.length > 0
      ? t.people.isTyping(words.list.format(typing))
      : words.members(state.memberCount ?? state.members.length);

  return (
    <HeaderBar
      id={id}
      sub={id}
      name={name}
      note={note}
      live={typing.length > 0}
      onSearch={onSearch}
    >
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
    </HeaderBar>
  );
}
