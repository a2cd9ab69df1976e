import { partnerOf } from "./partner.ts";
import { useI18n } from "../i18n/index.tsx";
import { useClient, useObservable } from "../state/context.tsx";
import { Composer } from "./Composer.tsx";
import styles from "./ConversationPane.module.css";
import { Header } from "./Header.tsx";
import { MessageList } from "./MessageList.tsx";

/** One conversation: who it is with, what was said, and what to say next. */
export function ConversationPane({ id }: { id: string }) {
  const { t } = useI18n();
  const client = useClient();
  const conversation = client.conversation(id);
  const state = useObservable(conversation);
  const partner = partnerOf(id, state, client.self.sub);
  const name = partner.username ?? t.people.unknown;

  return (
    <section className={styles.pane} aria-label={t.conversation.label(name)}>
      <Header sub={partner.sub} name={name} typing={state.typing.length > 0} />
      <MessageList conversation={conversation} state={state} name={name} />
      <Composer conversation={conversation} name={name} />
    </section>
  );
}
