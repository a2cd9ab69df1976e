import type { MessageEvent } from "@aizuchi/sdk";
import type { Dictionary } from "../i18n/en.ts";
import { nameOf } from "../state/people.ts";

/** As `Notification.permission`, or that there are none here. */
export type Permission = NotificationPermission | "unsupported";

export function permission(): Permission {
  return "Notification" in globalThis ? Notification.permission : "unsupported";
}

/** Asks the person, unless he has answered before. To be called from a click. */
export async function requestPermission(): Promise<Permission> {
  return "Notification" in globalThis ? Notification.requestPermission() : "unsupported";
}

/** Whether somebody looks at this page. */
export function watched(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}

/** Shows a message as a notification, in place of the conversation's last one. */
export function notify(
  event: MessageEvent,
  t: Dictionary,
  preview: boolean,
  onOpen: () => void,
): void {
  if (permission() !== "granted") return;
  try {
    const notification = new Notification(nameOf(event.from, t), {
      body: (preview && event.message.text) || t.notifications.message,
      // Open tabs of one person show it once: the same tag replaces.
      tag: event.conversationId,
      icon: "/icon-192.png",
    });
    notification.onclick = () => {
      window.focus();
      notification.close();
      onOpen();
    };
  } catch {
    // Android's browsers allow notifications from service workers alone.
  }
}
