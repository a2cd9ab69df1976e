import { type KeyboardEvent, useDeferredValue, useEffect, useRef, useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { useLink } from "../shell/useRoute.ts";
import { useClient, useObservable } from "../state/context.tsx";
import { Avatar } from "../ui/Avatar.tsx";
import { IconButton } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Mark } from "../ui/Logo.tsx";
import { ConversationList } from "./ConversationList.tsx";
import styles from "./Sidebar.module.css";

const SETTINGS = { page: "settings" } as const;

interface SidebarProps {
  /** The conversation that is open. */
  current: string | undefined;
  onStart: () => void;
}

/** The left pane: who one is, and the conversations. */
export function Sidebar({ current, onStart }: SidebarProps) {
  const { t } = useI18n();
  const client = useClient();
  const { items, loaded } = useObservable(client.conversations);
  const [filter, setFilter] = useState("");
  const wanted = useDeferredValue(filter.trim());
  const settings = useLink(SETTINGS);
  const list = useRef<HTMLUListElement>(null);

  useFilterShortcut();

  const intoList = (event: KeyboardEvent): void => {
    if (event.key === "ArrowDown") {
      event.preventDefault();
      list.current?.querySelector<HTMLElement>("a[tabindex='0']")?.focus();
    } else if (event.key === "Escape" && filter !== "") {
      event.preventDefault();
      setFilter("");
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
        <label className={styles.filter}>
          <Icon name="search" />
          <span className="said">{t.list.filter}</span>
          <input
            id={FILTER_ID}
            type="search"
            dir="auto"
            value={filter}
            placeholder={t.list.filter}
            autoComplete="off"
            onChange={(event) => {
              setFilter(event.target.value);
            }}
            onKeyDown={intoList}
          />
        </label>
      )}
      <ConversationList ref={list} current={current} filter={wanted} />
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
