import { type Client, type KeyValueStore, localStore } from "@aizuchi/sdk";
import { TOLD, TOLD_PATH, type Told } from "./names.ts";
import type { Locale } from "./words.ts";

/** Whose this browser's subscription is: another person's would bring him what is not his. */
const OWNER = "aizuchi.pushOwner";

let on = false;

/** Whether messages reach the person without a connection. */
export function pushes(): boolean {
  return on;
}

/** Has the person told by Web Push, where browser and server can. False where they cannot. */
export async function turnOn(
  client: Client,
  options: { readonly preview: boolean; readonly locale: Locale },
  storage: KeyValueStore = localStore(),
): Promise<boolean> {
  on = false;
  try {
    const manager = await pushManager();
    if (!manager) return false;
    const key = await client.notifications.key();
    let subscription = await manager.getSubscription();
    const good =
      storage.get(OWNER) === client.self.sub &&
      base64url(subscription?.options.applicationServerKey) === key;
    if (subscription && !good) {
      await subscription.unsubscribe();
      subscription = null;
    }
    subscription ??= await manager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    storage.set(OWNER, client.self.sub);
    const { endpoint, keys } = subscription.toJSON();
    if (endpoint === undefined || keys === undefined) return false;
    await client.notifications.subscribe({ endpoint, keys }, { preview: options.preview });
    await tell({ locale: options.locale });
    on = true;
  } catch {
    // The browser's push service is out of reach, or the server: next time.
  }
  return on;
}

/** Has the person told no more on this device. Never rejects. */
export async function turnOff(client: Client): Promise<void> {
  on = false;
  try {
    const manager = await pushManager();
    const subscription = await manager?.getSubscription();
    if (!subscription) return;
    // The browser first: what it no longer takes, the server finds gone.
    await subscription.unsubscribe();
    await client.notifications.unsubscribe(subscription.endpoint);
  } catch {
    // It finds out by itself.
  }
}

async function pushManager(): Promise<PushManager | undefined> {
  if (!("serviceWorker" in navigator)) return undefined;
  const registration = await navigator.serviceWorker.getRegistration();
  // Absent in a browser that has no push service.
  return (registration as Partial<ServiceWorkerRegistration> | undefined)?.pushManager;
}

async function tell(told: Told): Promise<void> {
  const cache = await caches.open(TOLD);
  await cache.put(TOLD_PATH, Response.json(told));
}

function base64url(bytes: ArrayBuffer | null | undefined): string {
  if (!bytes) return "";
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
