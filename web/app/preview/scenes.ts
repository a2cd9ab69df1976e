import {
  AizuchiError,
  type Client,
  conversationIdOf,
  type Failure,
  memoryStore,
} from "@aizuchi/sdk";
import estimate from "../../../fixtures/estimate/answer.json";
import type { Locale } from "../src/i18n/index.tsx";
import { formatRoute } from "../src/shell/routes.ts";
import type { Account, AccountState } from "../src/state/account.ts";
import { cell } from "../src/state/cell.ts";
import type { Services } from "../src/state/context.tsx";
import { createPreferences } from "../src/state/preferences.ts";
import { fakeClient } from "./fakeClient.ts";
import { FILE_ROOM, fileRoom } from "./fileScenes.ts";
import { cast, longConversation, world } from "./world.ts";

interface Look {
  theme: "light" | "dark";
  locale: Locale;
}

interface Scene {
  services: Services;
  path: string;
}

const unavailable: Failure = { code: "unavailable", error: "The database is busy." };

const fakeDevices = [
  {
    id: "1",
    device: "Firefox, Linux",
    place: "203.0.113.0/24",
    lastUsedAt: Date.UTC(2026, 10, 24, 9),
    current: true,
  },
  {
    id: "2",
    device: "Safari, iPhone",
    place: "2001:db8:1::/48",
    lastUsedAt: Date.UTC(2026, 10, 23, 21),
    current: false,
  },
];

/** An account that is in one state and refuses everything. */
export function fakeAccount(state: AccountState, failure: Failure = unavailable): Account {
  const refuse = (): Promise<never> => Promise.reject(new AizuchiError(failure));
  return {
    state: cell(state),
    byIssuer: () => false,
    byForm: () => true,
    goToIssuer: refuse,
    restore: () => Promise.resolve(),
    signIn: refuse,
    signUp: refuse,
    signOut: () => Promise.resolve(),
    changePassword: refuse,
    own: () => ({
      devices: () => Promise.resolve(fakeDevices),
      end: refuse,
      endOthers: refuse,
      exportPart: refuse,
      leave: refuse,
    }),
    leave: refuse,
  };
}

function scene(state: AccountState, path: string, look: Look, failure?: Failure): Scene {
  const preferences = createPreferences(memoryStore());
  preferences.set(look);
  return { services: { account: fakeAccount(state, failure), preferences }, path };
}

/** With another issuer, beside the forms or in their place. */
function bothWays({ services, path }: Scene, byForm: boolean): Scene {
  const account = { ...services.account, byIssuer: () => true, byForm: () => byForm };
  return { services: { ...services, account }, path };
}

const signedIn = (client: Client): AccountState => ({ status: "signedIn", client });

/** Answers every question with the same estimate, as a server would. */
function estimated(look: Look): Scene {
  globalThis.fetch = () => Promise.resolve(Response.json(estimate));
  return scene({ status: "signedOut", ended: false }, "/estimate", look);
}

function conversationPath(partner: { sub: string }): string {
  const conversationId = conversationIdOf(cast.self.sub, partner.sub);
  return formatRoute({ page: "conversation", conversationId });
}

/** Every state that is worth looking at. */
export const scenes: Record<string, (look: Look) => Scene> = {
  splash: (look) => scene({ status: "starting" }, "/", look),
  unreachable: (look) => scene({ status: "unreachable" }, "/", look),
  signin: (look) =>
    scene({ status: "signedOut", ended: false }, "/", look, {
      code: "unauthorized",
      error: "Wrong name or password.",
    }),
  ended: (look) => scene({ status: "signedOut", ended: true }, "/", look),
  issuer: (look) => bothWays(scene({ status: "signedOut", ended: false }, "/", look), false),
  bothways: (look) => bothWays(scene({ status: "signedOut", ended: false }, "/", look), true),
  invited: (look) =>
    scene({ status: "signedOut", ended: false }, "/invite#u=someone", look, {
      code: "conflict",
      error: "The name is taken.",
    }),
  welcome: (look) => scene(signedIn(fakeClient({ self: cast.self })), "/", look),
  loading: (look) => scene(signedIn(fakeClient({ self: cast.self, loading: true })), "/", look),
  list: (look) => scene(signedIn(fakeClient(world(look.locale))), "/", look),
  conversation: (look) =>
    scene(signedIn(fakeClient(world(look.locale))), conversationPath(cast.mika), look),
  unread: (look) =>
    scene(signedIn(fakeClient(world(look.locale))), conversationPath(cast.jonas), look),
  files: (look) =>
    scene(
      signedIn(fakeClient({ ...world(look.locale), rooms: [fileRoom(look.locale)] })),
      formatRoute({ page: "conversation", conversationId: FILE_ROOM }),
      look,
    ),
  filesOffline: (look) =>
    scene(
      signedIn(
        fakeClient({
          ...world(look.locale),
          rooms: [fileRoom(look.locale)],
          connection: { status: "waiting", retryAt: Date.now() + 9_000 },
        }),
      ),
      formatRoute({ page: "conversation", conversationId: FILE_ROOM }),
      look,
    ),
  failed: (look) =>
    scene(signedIn(fakeClient(world(look.locale))), conversationPath(cast.ren), look),
  long: (look) =>
    scene(
      signedIn(fakeClient({ self: cast.self, conversations: [longConversation(12_000, 10_000)] })),
      conversationPath(cast.mika),
      look,
    ),
  first: (look) =>
    scene(
      signedIn(
        fakeClient({
          ...world(look.locale),
          conversations: [
            ...(world(look.locale).conversations ?? []),
            { partner: cast.noor, messages: [] },
          ],
        }),
      ),
      conversationPath(cast.noor),
      look,
    ),
  stuck: (look) =>
    scene(
      signedIn(
        fakeClient({
          self: cast.self,
          conversations: [{ partner: cast.mika, messages: [], stuck: true }],
        }),
      ),
      conversationPath(cast.mika),
      look,
    ),
  broken: (look) =>
    scene(
      signedIn(
        fakeClient({
          ...world(look.locale),
          conversations: [
            ...(world(look.locale).conversations ?? []),
            { partner: cast.noor, messages: [], error: unavailable },
          ],
        }),
      ),
      conversationPath(cast.noor),
      look,
    ),
  offline: (look) =>
    scene(
      signedIn(
        fakeClient({
          ...world(look.locale),
          connection: { status: "waiting", retryAt: Date.now() + 9_000 },
        }),
      ),
      conversationPath(cast.mika),
      look,
    ),
  deadInvite: (look) => scene(signedIn(fakeClient(world(look.locale))), "/invite#u=nobody", look),
  estimate: estimated,
  settings: (look) => scene(signedIn(fakeClient(world(look.locale))), "/settings", look),
};
