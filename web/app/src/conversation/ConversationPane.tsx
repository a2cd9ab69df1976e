import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { exhibitsOf } from "../files/exhibits.ts";
import { useDrop } from "../files/useDrop.ts";
import { useUploads } from "../files/useUploads.ts";
import { useFileWords } from "../files/words.ts";
import { useI18n } from "../i18n/index.tsx";
import { BlockedLine } from "../privacy/BlockedLine.tsx";
import { useBlocked } from "../privacy/useBlocked.ts";
import { isRoom } from "../rooms/isRoom.ts";
import { RoomHeader } from "../rooms/RoomHeader.tsx";
import { useNames } from "../rooms/useNames.ts";
import { useWords } from "../rooms/words.ts";
import { ConversationSearch } from "../search/ConversationSearch.tsx";
import { useFindShortcut } from "../search/useFindShortcut.ts";
import { navigate } from "../shell/useRoute.ts";
import { useClient } from "../state/context.tsx";
import { isDeleted, nameOf } from "../state/people.ts";
import { Button } from "../ui/Button.tsx";
import { Notice } from "../ui/Notice.tsx";
import { type About, ActionsProvider } from "./actions.ts";
import { Composer } from "./Composer.tsx";
import styles from "./ConversationPane.module.css";
import { Header } from "./Header.tsx";
import { MessageList } from "./MessageList.tsx";
import { useConversation } from "./useConversation.ts";
import { usePartner } from "./usePartner.ts";
import type { Conversation, ConversationState } from "@aizuchi/sdk";

const Viewer = lazy(() => import("../files/Viewer.tsx"));

/** One conversation, by its id; at one of its messages, where one is named. */
export function ConversationPane({ id, at }: { id: string; at?: number | undefined }) {
  const client = useClient();
  const conversation = client.conversation(id);
  const state = useConversation(conversation);
  return state && <Observed conversation={conversation} state={state} at={at} />;
}

interface ObservedProps {
  conversation: Conversation;
  state: ConversationState;
  at: number | undefined;
}

/** Whom it is with, what was said, and what to say next. */
function Observed({ conversation, state, at }: ObservedProps) {
  const { t } = useI18n();
  const words = useWords();
  const partner = usePartner(state);
  const blocked = useBlocked(partner?.sub);
  const nameOfSub = useNames(state.members, state.messages);
  const { id } = conversation;
  const [about, setAbout] = useState<About>();
  const [viewing, setViewing] = useState<string>();
  const actions = useMemo(
    () => ({
      onAbout: setAbout,
      moderates: state.role === "owner" || state.role === "admin",
      onView: setViewing,
    }),
    [state.role],
  );
  const closeViewer = useCallback(() => {
    setViewing(undefined);
  }, []);
  const fileWords = useFileWords();
  const [, uploads] = useUploads(conversation);
  const writable = !blocked && about?.kind !== "edit" && !(partner && isDeleted(partner));
  const { takesFiles } = useClient();
  const drop = useDrop(writable && takesFiles ? uploads.add : undefined);
  const [searching, setSearching] = useState(false);
  const openSearch = (): void => {
    setSearching(true);
  };
  useFindShortcut(openSearch);
  const search = searching && (
    <ConversationSearch
      id={id}
      at={at}
      onClose={() => {
        setSearching(false);
        document.querySelector<HTMLElement>("[role='log']")?.focus();
      }}
    />
  );
  const composer = (name: string) => (
    <Composer
      // An edit begins with the text that is there; the draft comes back behind it.
      key={about?.kind === "edit" ? about.message.key : ""}
      conversation={conversation}
      name={name}
      about={about}
      onAboutEnd={() => {
        setAbout(undefined);
      }}
      nameOf={nameOfSub}
      refused={state.refused !== undefined}
      state={state}
    />
  );
  const over = drop.over && (
    <div className={styles.drop} aria-hidden="true">
      {fileWords.drop}
    </div>
  );
  const viewer = viewing !== undefined && (
    <Suspense>
      <Viewer
        exhibits={exhibitsOf(state.messages, nameOfSub)}
        shown={viewing}
        onShow={setViewing}
        onClose={closeViewer}
      />
    </Suspense>
  );

  if (isRoom(id) && (state.role !== undefined || state.loading)) {
    const name = state.name ?? words.unnamed;
    return (
      <section className={styles.pane} aria-label={words.label(name)} {...drop.props}>
        <RoomHeader
          id={id}
          name={name}
          state={state}
          typing={state.typing.map(nameOfSub)}
          onSearch={openSearch}
        />
        {search}
        <ActionsProvider value={actions}>
          <MessageList
            conversation={conversation}
            state={state}
            at={at}
            partner={{ sub: id, username: name }}
            room
            nameOf={nameOfSub}
          />
        </ActionsProvider>
        {composer(name)}
        {over}
        {viewer}
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

  const deleted = isDeleted(partner);
  const named = { sub: partner.sub, username: nameOf(partner, t) };
  return (
    <section
      className={styles.pane}
      aria-label={t.conversation.label(named.username)}
      {...drop.props}
    >
      <Header
        partner={named}
        typing={state.typing.length > 0}
        deleted={deleted}
        onSearch={openSearch}
      />
      {search}
      <ActionsProvider value={actions}>
        <MessageList
          conversation={conversation}
          state={state}
          at={at}
          partner={named}
          room={false}
          nameOf={nameOfSub}
        />
      </ActionsProvider>
      {deleted ? (
        <p className={styles.gone}>{t.people.leftText}</p>
      ) : blocked ? (
        <BlockedLine partner={named} />
      ) : (
        composer(named.username)
      )}
      {over}
      {viewer}
    </section>
  );
}
