import { createOidcAuth, type Grant, type RuntimeConfig, type TokenSource } from "@aizuchi/sdk";

/** Where the issuer sends people back to. The server knows it too. */
const RETURN_PATH = "/signed-in";

/** Another issuer, to which one goes by leaving the page. */
export interface Issuer extends TokenSource {
  /** Leaves the page to sign in. */
  readonly leave: () => Promise<void>;
  /** Finishes what `leave` began, where this page is what the issuer sent the person back to. */
  readonly comeBack: () => Promise<Grant> | undefined;
  /** Ends the session, and leaves the page where the issuer has a sign-out of its own. */
  readonly signOut: (token: string | undefined) => Promise<void>;
}

export function createIssuer(
  httpUrl: string,
  { authorizeUrl }: Extract<RuntimeConfig["auth"], { kind: "oidc" }>,
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
      return back?.grant;
    },
    signOut: async (token) => {
      const goTo = await auth.signOut(token);
      if (goTo !== undefined) location.assign(goTo);
    },
  };
}
