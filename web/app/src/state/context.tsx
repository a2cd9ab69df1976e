import type { Client, Observable } from "@aizuchi/sdk";
import { createContext, type ReactNode, use, useSyncExternalStore } from "react";
import type { Account } from "./account.ts";
import type { PreferenceStore, Preferences } from "./preferences.ts";

/** What the whole tree stands on. */
export interface Services {
  readonly account: Account;
  readonly preferences: PreferenceStore;
}

const ServicesContext = createContext<Services | undefined>(undefined);
const ClientContext = createContext<Client | undefined>(undefined);

export function ServicesProvider({ value, children }: { value: Services; children: ReactNode }) {
  return <ServicesContext value={value}>{children}</ServicesContext>;
}

export function ClientProvider({ value, children }: { value: Client; children: ReactNode }) {
  return <ClientContext value={value}>{children}</ClientContext>;
}

/** The present value of an observable; renders again when it changes. */
export function useObservable<T>(observable: Observable<T>): T {
  return useSyncExternalStore(observable.subscribe, observable.getSnapshot);
}

export function useAccount(): Account {
  return provided(use(ServicesContext)).account;
}

/** The preferences and the way to change them. */
export function usePreferences(): [Preferences, PreferenceStore["set"]] {
  const { preferences } = provided(use(ServicesContext));
  return [useObservable(preferences), preferences.set];
}

/** The client of the person who is signed in. */
export function useClient(): Client {
  return provided(use(ClientContext));
}

function provided<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("This component is outside its provider.");
  return value;
}
