import { type Open, TOLD, TOLD_PATH, type Told } from "../notifications/names.ts";
import { parsePayload, wording } from "../notifications/payload.ts";
import type { Locale } from "../notifications/words.ts";
import { formatRoute } from "../shell/routes.ts";

declare const self: ServiceWorkerGlobalScope;

self.addEventListener("push", (event) => {
  event.waitUntil(show(event.data?.text()));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const data = event.notification.data as { readonly conversationId?: string } | null;
  event.waitUntil(open(data?.conversationId));
});

/** Each push is shown, whatever it is: a browser takes the permission away otherwise. */
async function show(text: string | undefined): Promise<void> {
  const payload = parsePayload(text) ?? {
    conversationId: "",
    name: "",
    text: "",
    mentioned: false,
  };
  const { title, body } = wording(payload, await locale());
  const { conversationId } = payload;
  await self.registration.showNotification(title, {
    body,
    // In place of the conversation's last one.
    ...(conversationId && { tag: conversationId, data: { conversationId } }),
    icon: "/icon-192.png",
  });
  // How many there are the page says when it is opened. Refused where nothing is installed.
  if ("setAppBadge" in self.navigator) await self.navigator.setAppBadge().catch(() => undefined);
}

/** Goes to a page that is open, or opens one. */
async function open(conversationId: string | undefined): Promise<void> {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find(({ visibilityState }) => visibilityState === "visible") ?? pages[0];
  if (!page) {
    const route = conversationId
      ? formatRoute({ page: "conversation", conversationId })
      : formatRoute({ page: "home" });
    await self.clients.openWindow(route);
    return;
  }
  if (conversationId) page.postMessage({ type: "open", conversationId } satisfies Open);
  await page.focus();
}

async function locale(): Promise<Locale> {
  try {
    const told = await caches.match(TOLD_PATH, { cacheName: TOLD });
    const { locale } = (await told?.json()) as Partial<Told>;
    if (locale === "en" || locale === "ja") return locale;
  } catch {
    // It was told nothing.
  }
  return self.navigator.language.startsWith("ja") ? "ja" : "en";
}
