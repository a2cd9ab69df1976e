import { type KeyboardEvent, useDeferredValue, useEffect, useRef } from "react";
import { enters } from "../conversation/enter.ts";
import { useI18n } from "../i18n/index.tsx";
import { SearchResults } from "../search/SearchResults.tsx";
import { useQuery } from "../search/useQuery.ts";
import { useWords } from "../search/words.ts";
import { useLink } from "../shell/useRoute.ts";
import { useClient, useObservable } from "../state/context.tsx";
import { Avatar } from "../ui/Avatar.tsx";
import { IconButton } from "../ui/Button.tsx";
import { Mark } from "../ui/Logo.tsx";
import { SearchField } from "../ui/SearchField.tsx";
import { ConversationList } from "./ConversationList.tsx";
import styles from "./Sidebar.module.css";

const SETTINGS = { page: "settings" } as const;

interface SidebarProps {
  /** The conversation that is open. */
  current: string | undefined;
  /** The message in it that is shown. */
  at?: number | undefined;
  onStart: () => void;
}

/** The left pane: who one is, and the conversations. */
export function Sidebar({ current, at, onStart }: SidebarProps) {
  const { t } = useI18n();
  const client = useClient();
  const { items, loaded } = useObservable(client.conversations);
  const words = useWords();
  const { text, query, set, fieldProps } = useQuery();
  const wanted = useDeferredValue(text.trim());
  const settings = useLink(SETTINGS);
  const list = useRef<HTMLUListElement & HTMLDivElement>(null);

  useFilterShortcut();

  const intoList = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown") {
      event.preventDefault();
      list.current?.querySelector<HTMLElement>("a[tabindex='0']")?.focus();
    } else if (event.key === "Escape" && text !== "" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      set("");
    } else if (enters(event) && wanted !== "") {
      event.preventDefault();
      list.current?.querySelector("a")?.click();
    }
  };

  return (
    <nav className={styles.sidebar} aria-label={t.list.label}>
      <header className={styles.header}>
        <a
          {...settings}
          className={styles.self}
          aria-label={`${t.list.settings} (${client.self.username})`}
          title={t.list.settings}
        >
          <Avatar sub={client.self.sub} name={client.self.username} size="s" />
        </a>
        <h1 className={styles.title}>
          <Mark size={22} />
          {t.common.productName}
        </h1>
        <IconButton icon="compose" label={t.list.start} onClick={onStart} />
      </header>
      {(items.length > 0 || !loaded) && (
        <SearchField
          id={FILTER_ID}
          className={styles.filter}
          label={words.field}
          {...fieldProps}
          onKeyDown={intoList}
        />
      )}
      {wanted === "" ? (
        <ConversationList ref={list} current={current} />
      ) : (
        <SearchResults ref={list} text={wanted} query={query} current={current} at={at} />
      )}
    </nav>
  );
}

const FILTER_ID = "conversation-filter";

/** Ctrl+K or ⌘K goes to the filter from anywhere. */
function useFilterShortcut(): void {
  useEffect(() => {
    const listener = (event: globalThis.KeyboardEvent): void => {
      if (event.key !== "k" || !(event.metaKey || event.ctrlKey)) return;
      const input = document.getElementById(FILTER_ID);
      if (!input) return;
      event.preventDefault();
      input.focus();
    };
    addEventListener("keydown", listener);
    return () => {
      removeEventListener("keydown", listener);
    };
  }, []);
}
