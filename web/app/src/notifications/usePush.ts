import { useEffect } from "react";
import { permission } from "../shell/notifications.ts";
import { navigate } from "../shell/useRoute.ts";
import { useClient, usePreferences } from "../state/context.tsx";
import { localeOf } from "../state/preferences.ts";
import { isOpen } from "./names.ts";
import { turnOff, turnOn } from "./push.ts";

/** Keeps Web Push as the person has chosen it, and goes where a notification leads. */
export function usePush(): void {
  const client = useClient();
  const [preferences] = usePreferences();
  const { notify, preview = true } = preferences;
  const locale = localeOf(preferences);

  useEffect(() => {
    if (notify === undefined) return;
    if (notify && permission() === "granted") void turnOn(client, { preview, locale });
    else void turnOff(client);
  }, [client, notify, preview, locale]);

  useEffect(() => {
    if (!("serviceWorker" in navigator)) return;
    const { serviceWorker } = navigator;
    const go = ({ data }: MessageEvent<unknown>): void => {
      if (isOpen(data)) navigate({ page: "conversation", conversationId: data.conversationId });
    };
    serviceWorker.addEventListener("message", go);
    return () => {
      serviceWorker.removeEventListener("message", go);
    };
  }, []);
}
