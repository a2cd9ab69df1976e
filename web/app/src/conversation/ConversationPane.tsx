import { useI18n } from "../i18n/index.tsx";
import { BlockedLine } from "../privacy/BlockedLine.tsx";
import { useBlocked } from "../privacy/useBlocked.ts";
import { isRoom } from "../rooms/isRoom.ts";
import { RoomHeader } from "../rooms/RoomHeader.tsx";
import { useNames } from "../rooms/useNames.ts";
import { useWords } from "../rooms/words.ts";
import { navigate } from "../shell/useRoute.ts";
import { useClient } from "../state/context.tsx";
import { nameOf } from "../state/people.ts";
import { Button } from "../ui/Button.tsx";
import { Notice } from "../ui/Notice.tsx";
import { Composer } from "./Composer.tsx";
import styles from "./ConversationPane.module.css";
import { Header } from "./Header.tsx";
import { MessageList } from "./MessageList.tsx";
import { useConversation } from "./useConversation.ts";
import { usePartner } from "./usePartner.ts";
import type { Conversation, ConversationState } from "@aizuchi/sdk";

/** One conversation, by its id. */
export function ConversationPane({ id }: { id: string }) {
  const client = useClient();
  const conversation = client.conversation(id);
  const state = useConversation(conversation);
  return state && <Observed conversation={conversation} state={state} />;
}

interface ObservedProps {
  conversation: Conversation;
  state: ConversationState;
}

/** Whom it is with, what was said, and what to say next. */
function Observed({ conversation, state }: ObservedProps) {
  const { t } = useI18n();
  const words = useWords();
  const partner = usePartner(state);
  const blocked = useBlocked(partner?.sub);
  const nameOfSub = useNames(state.members, state.messages);
  const { id } = conversation;

  if (isRoom(id) && (state.role !== undefined || state.loading)) {
    const name = state.name ?? words.unnamed;
    return (
      <section className={styles.pane} aria-label={words.label(name)}>
        <RoomHeader
          id={id}
          name={name}
          memberCount={state.memberCount ?? state.members.length}
          typing={state.typing.map(nameOfSub)}
        />
        <MessageList
          conversation={conversation}
          state={state}
          partner={{ sub: id, username: name }}
          room
          nameOf={nameOfSub}
        />
        <Composer conversation={conversation} name={name} />
      </section>
    );
  }

  if (!partner) {
    return (
      <Notice heading text={t.conversation.notFound}>
        <Button
          onClick={() => {
            navigate({ page: "home" }, { replace: true });
          }}
        >
          {t.conversation.toList}
        </Button>
      </Notice>
    );
  }

  const named = { sub: partner.sub, username: nameOf(partner, t) };
  return (
    <section className={styles.pane} aria-label={t.conversation.label(named.username)}>
      <Header partner={named} typing={state.typing.length > 0} />
      <MessageList
        conversation={conversation}
        state={state}
        partner={named}
        room={false}
        nameOf={nameOfSub}
      />
      {blocked ? (
        <BlockedLine partner={named} />
      ) : (
        <Composer conversation={conversation} name={named.username} />
      )}
    </section>
  );
}
