import {
  createOidcAuth,
  type Grant,
  type KeyValueStore,
  localStore,
  type RuntimeConfig,
  type TokenSource,
} from "@aizuchi/sdk";

/** Where the issuer sends people back to. The server knows it too. */
const RETURN_PATH = "/signed-in";

/** Kept while the session on this device began with a form here, so that the issuer knows of none. */
const BY_FORM = "aizuchi.byForm";

/** Another issuer, to which one goes by leaving the page. */
export interface Issuer extends TokenSource {
  /** Leaves the page to sign in. */
  readonly leave: () => Promise<void>;
  /** Finishes what `leave` began, where this page is what the issuer sent the person back to. */
  readonly comeBack: () => Promise<Grant> | undefined;
  /** Somebody signed in by the application's own form instead. */
  readonly passedBy: () => void;
  /**
   * Ends the session, and leaves the page where the issuer has a sign-out of its own and somebody
   * signed in there.
   */
  readonly signOut: (token: string | undefined) => Promise<void>;
}

export function createIssuer(
  httpUrl: string,
  { authorizeUrl }: Extract<RuntimeConfig["auth"], { kind: "oidc" }>,
  store: KeyValueStore = localStore(),
): Issuer {
  const redirectUri = location.origin + RETURN_PATH;
  const auth = createOidcAuth({ httpUrl, authorizeUrl, redirectUri });
  return {
    refresh: auth.refresh,
    leave: async () => {
      location.assign(await auth.begin(location.pathname + location.hash));
    },
    comeBack: () => {
      if (location.pathname !== RETURN_PATH) return undefined;
      const back = auth.finish(location.search);
      // At once, so that the code is in no history.
      history.replaceState(null, "", back?.returnTo ?? "/");
      if (back) store.remove(BY_FORM);
      return back?.grant;
    },
    passedBy: () => {
      store.set(BY_FORM, "1");
    },
    signOut: async (token) => {
      const byForm = store.get(BY_FORM) !== undefined;
      store.remove(BY_FORM);
      const goTo = await auth.signOut(token);
      if (goTo !== undefined && !byForm) location.assign(goTo);
    },
  };
}
