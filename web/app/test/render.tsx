import { memoryStore } from "@aizuchi/sdk";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { fakeClient, type FakeClient, type FakeWorld } from "../preview/fakeClient.ts";
import { fakeAccount } from "../preview/scenes.ts";
import { I18nProvider, type Locale } from "../src/i18n/index.tsx";
import type { Account } from "../src/state/account.ts";
import { ClientProvider, ServicesProvider } from "../src/state/context.tsx";
import { createPreferences } from "../src/state/preferences.ts";

interface Around {
  client?: FakeClient;
  account?: Account;
  locale?: Locale;
}

/** Renders a part of the application with all that it stands on. */
export function renderWithin(ui: ReactNode, around: Around = {}) {
  const client = around.client ?? fakeClient(lone);
  const account = around.account ?? fakeAccount({ status: "signedIn", client });
  const preferences = createPreferences(memoryStore());
  const view = render(
    <ServicesProvider value={{ account, preferences }}>
      <I18nProvider locale={around.locale ?? "en"}>
        <ClientProvider value={client}>{ui}</ClientProvider>
      </I18nProvider>
    </ServicesProvider>,
  );
  return { ...view, client, preferences };
}

export const haru = { sub: "u-haru", username: "haru" };
export const mika = { sub: "u-mika", username: "mika" };
export const ren = { sub: "u-ren", username: "ren" };

/** A world in which nothing has been said yet. */
export const lone: FakeWorld = { self: haru, strangers: [mika, ren] };
