import type { MessageView } from "@aizuchi/sdk";
import { useI18n } from "../i18n/index.tsx";
import styles from "./Ticks.module.css";

const drawings: Record<MessageView["state"], string> = {
  pending: "M9 5.5v3.5l2 1.5M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12z",
  sent: "M4 9.5l3.5 3.5L14 5.5",
  read: "M1 9.5L4.5 13 11 5.5M8.7 11.8L9.8 13 16.5 5.5",
  failed: "M9 5.5v4m0 2.7v.1M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12z",
};

/** How far one's own message has come: a clock, a tick, two ticks, or a warning. */
export function Ticks({ state }: { state: MessageView["state"] }) {
  const { t } = useI18n();
  const label = t.conversation[state];
  return (
    <svg
      className={styles.ticks}
      data-state={state}
      viewBox="0 0 18 18"
      role="img"
      aria-label={label}
    >
      <path d={drawings[state]} />
    </svg>
  );
}
