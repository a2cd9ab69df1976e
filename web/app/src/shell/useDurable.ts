import { useEffect } from "react";
import { useClient, useObservable } from "../state/context.tsx";
import { permission } from "./notifications.ts";

/**
 * Asks the browser not to throw away what this device keeps, at a moment when that is understood:
 * where the application is installed or may notify, or when something was written that only this
 * device has. Some browsers ask the person.
 */
export function useDurable(): void {
  const client = useClient();
  const { status } = useObservable(client.connection);
  const { items } = useObservable(client.conversations);
  const waits = status !== "online" && items.some(({ last }) => last?.state === "pending");
  const settled = matchMedia("(display-mode: standalone)").matches || permission() === "granted";
  const wanted = waits || settled;

  useEffect(() => {
    if (wanted) void persist();
  }, [wanted]);
}

async function persist(): Promise<void> {
  const { storage } = navigator as Partial<Navigator>;
  try {
    if (storage && !(await storage.persisted())) await storage.persist();
  } catch {
    // Then it is as durable as the browser likes.
  }
}
