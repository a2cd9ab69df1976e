import { type ReactNode, useEffect, useState } from "react";
import { ConversationPane } from "../conversation/ConversationPane.tsx";
import { Sidebar } from "../list/Sidebar.tsx";
import { usePush } from "../notifications/usePush.ts";
import { JoinDialog } from "../rooms/JoinDialog.tsx";
import { SettingsPane } from "../settings/SettingsPane.tsx";
import { ChoosePane } from "../start/ChoosePane.tsx";
import { InvitePane } from "../start/InvitePane.tsx";
import { StartDialog } from "../start/StartDialog.tsx";
import { WelcomePane } from "../start/WelcomePane.tsx";
import { useClient, useObservable } from "../state/context.tsx";
import { ConnectionLine } from "./ConnectionLine.tsx";
import type { Route } from "./routes.ts";
import { navigate } from "./useRoute.ts";
import { VersionLine } from "./VersionLine.tsx";
import { useAttention } from "./useAttention.ts";
import { useDurable } from "./useDurable.ts";
import styles from "./Workspace.module.css";

/** The application of one who is signed in: two panes, or on a phone the one that matters. */
export function Workspace({ route }: { route: Route }) {
  const client = useClient();
  const { items, loaded } = useObservable(client.conversations);
  const [starting, setStarting] = useState(false);
  const joining = useJoining(route);
  const current = route.page === "conversation" ? route.conversationId : undefined;
  const newcomer = loaded && items.length === 0;
  const onStart = (): void => {
    setStarting(true);
  };

  useAttention(current);
  useDurable();
  usePush();
  useFocusOnReturn(route.page === "home");

  let content: ReactNode;
  switch (route.page) {
    case "conversation":
      content = (
        <ConversationPane key={route.conversationId} id={route.conversationId} at={route.at} />
      );
      break;
    case "settings":
      content = <SettingsPane />;
      break;
    case "invite":
      content = <InvitePane key={route.sub} sub={route.sub} />;
      break;
    case "home":
    case "join":
      content = newcomer ? <WelcomePane /> : loaded && <ChoosePane onStart={onStart} />;
  }

  // A phone shows the list at home, and a newcomer's welcome in place of an empty one.
  const front =
    route.page !== "home" && route.page !== "join" ? "content" : newcomer ? "welcome" : "list";
  return (
    <div className={styles.workspace}>
      <div>
        <ConnectionLine />
        <VersionLine />
      </div>
      <main className={styles.panes} data-front={front}>
        <Sidebar
          current={current}
          at={route.page === "conversation" ? route.at : undefined}
          onStart={onStart}
        />
        <div className={styles.content}>{content}</div>
      </main>
      {joining.secret !== undefined && <JoinDialog secret={joining.secret} onClose={joining.end} />}
      {starting && (
        <StartDialog
          onClose={() => {
            setStarting(false);
          }}
        />
      )}
    </div>
  );
}

/** Keeps what a link into a room says, and takes it out of the address and the history. */
function useJoining(route: Route): { secret: string | undefined; end: () => void } {
  const [secret, setSecret] = useState<string>();
  const told = route.page === "join" ? route.secret : undefined;
  if (told !== undefined && told !== secret) setSecret(told);
  useEffect(() => {
    if (told !== undefined) navigate({ page: "home" }, { replace: true });
  }, [told]);
  return {
    secret,
    end: () => {
      setSecret(undefined);
    },
  };
}

/** Going back takes the focused button away: the list's own place in the tab order takes over. */
function useFocusOnReturn(home: boolean): void {
  useEffect(() => {
    if (!home || document.activeElement !== document.body) return;
    document.querySelector<HTMLElement>("nav li a[tabindex='0']")?.focus();
  }, [home]);
}
