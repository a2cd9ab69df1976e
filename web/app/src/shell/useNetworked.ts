import { useSyncExternalStore } from "react";

function subscribe(listener: () => void): () => void {
  addEventListener("online", listener);
  addEventListener("offline", listener);
  return () => {
    removeEventListener("online", listener);
    removeEventListener("offline", listener);
  };
}

/** Whether the device has a network at all. Told at once, while a dead socket takes its time. */
export function useNetworked(): boolean {
  return useSyncExternalStore(subscribe, () => navigator.onLine);
}
