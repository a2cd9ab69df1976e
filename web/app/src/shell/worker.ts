import type { Observable } from "@aizuchi/sdk";
import { cell } from "../state/cell.ts";
import { TAKE_OVER } from "../sw/names.ts";

/** How often a page that comes into sight asks for a new version at most, in milliseconds. */
const ASK_EVERY = 3_600_000;

/** Takes a new version, and with it this page anew. */
export type TakeNewVersion = () => void;

const found = cell<TakeNewVersion | undefined>(undefined);

/** The way to a version that is newer than this page, if there is one. */
export const newVersion: Observable<TakeNewVersion | undefined> = found;

/** Lets the page open without a network from now on. Without service workers it goes on as before. */
export async function registerWorker(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const { serviceWorker } = navigator;
  let registration: ServiceWorkerRegistration;
  try {
    registration = await serviceWorker.register("/sw.js", { updateViaCache: "none" });
  } catch {
    return; // Refused in some private modes, and where the page comes over plain http.
  }
  const look = (): void => {
    const { active, waiting } = registration;
    // The first one takes over by itself, and changes nothing.
    if (active && waiting) {
      found.set(() => {
        take(waiting);
      });
    }
  };
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", look);
  });
  look();
  if (serviceWorker.controller) {
    serviceWorker.addEventListener("controllerchange", () => {
      // Another tab took it.
      found.set(reload);
    });
  }
  let asked = Date.now();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible" || Date.now() - asked < ASK_EVERY) return;
    asked = Date.now();
    registration.update().catch(() => undefined); // There is no network: next time.
  });
}

function take(worker: ServiceWorker): void {
  worker.addEventListener("statechange", () => {
    if (worker.state === "activated") reload();
  });
  worker.postMessage(TAKE_OVER);
}

function reload(): void {
  location.reload();
}
