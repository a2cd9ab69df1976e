import type { MessageEvent } from "@aizuchi/sdk";
import { useEffect } from "react";
import { useI18n } from "../i18n/index.tsx";
import { useClient, useObservable, usePreferences } from "../state/context.tsx";
import { nameOf } from "../state/people.ts";
import { notify, watched } from "./notifications.ts";
import { titleOf } from "./title.ts";
import { navigate } from "./useRoute.ts";

/** Calls a person who looks elsewhere: by the title, the installed app's badge and notifications. */
export function useAttention(current: string | undefined): void {
  const { t } = useI18n();
  const client = useClient();
  const [{ notify: wanted, preview = true }] = usePreferences();
  const unread = useObservable(client.totalUnread);
  const { items } = useObservable(client.conversations);
  const open = items.find((item) => item.id === current);
  const partner = open && (open.name ?? nameOf(open.partner, t));

  useEffect(() => {
    document.title = titleOf(unread, partner, t);
  }, [unread, partner, t]);

  useEffect(() => {
    if ("setAppBadge" in navigator) {
      // Refused where the page is not installed, which is no loss.
      navigator.setAppBadge(unread).catch(() => undefined);
    }
  }, [unread]);

  useEffect(() => {
    if (!wanted) return;
    const tell = async (event: MessageEvent): Promise<void> => {
      // Somebody's first message comes before the name; it may do without if that takes an error.
      const from =
        event.from.username === ""
          ? await client.lookup({ sub: event.from.sub }).catch(() => event.from)
          : event.from;
      notify({ ...event, from }, t, preview, () => {
        navigate({ page: "conversation", conversationId: event.conversationId });
      });
    };
    return client.on("message", (event) => {
      if (!watched()) void tell(event);
    });
  }, [client, wanted, preview, t]);
}
