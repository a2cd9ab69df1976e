import { lazy, Suspense, useEffect } from "react";
import { AuthPage } from "../auth/AuthPage.tsx";
import { I18nProvider } from "../i18n/index.tsx";
import {
  ClientProvider,
  type Services,
  ServicesProvider,
  useAccount,
  useObservable,
  usePreferences,
} from "../state/context.tsx";
import { localeOf } from "../state/preferences.ts";
import { Crash } from "./Crash.tsx";
import { Splash } from "./Splash.tsx";
import { useRoute } from "./useRoute.ts";
import { useTheme } from "./useTheme.ts";
import { Workspace } from "./Workspace.tsx";

// Few come for this page, and it is nothing to those who chat.
const EstimatePage = lazy(() => import("../estimate/EstimatePage.tsx"));

/** The application on its services. */
export function App({ services }: { services: Services }) {
  return (
    <ServicesProvider value={services}>
      <Localized />
    </ServicesProvider>
  );
}

function Localized() {
  const [preferences] = usePreferences();
  useTheme(preferences.theme);
  return (
    <I18nProvider locale={localeOf(preferences)}>
      <Crash>
        <Gate />
      </Crash>
    </I18nProvider>
  );
}

/** Shows what fits who is signed in. */
function Gate() {
  const account = useAccount();
  const state = useObservable(account.state);
  const route = useRoute();

  useEffect(() => {
    if (state.status !== "unreachable") return;
    const again = (): void => void account.restore();
    addEventListener("online", again);
    return () => {
      removeEventListener("online", again);
    };
  }, [account, state.status]);

  if (route.page === "estimate") {
    return (
      <Suspense fallback={<Splash />}>
        <EstimatePage />
      </Suspense>
    );
  }
  switch (state.status) {
    case "starting":
      return <Splash />;
    case "unreachable":
      return <Splash onRetry={() => void account.restore()} />;
    case "signedOut":
      return (
        <AuthPage
          invited={route.page === "invite" || route.page === "join"}
          toRoom={route.page === "join"}
          ended={state.ended}
          problem={state.problem}
        />
      );
    case "signedIn":
      return (
        <ClientProvider value={state.client}>
          <Workspace route={route} />
        </ClientProvider>
      );
  }
}
