/**
 * The public types of the SDK: a view model for views that hold no logic of their own.
 *
 * All times are milliseconds since the epoch, by the server's clock where the server set them.
 */

import type { Conversation, ConversationList, MessageEvent } from "./conversation.ts";
import type { Privacy } from "./privacy.ts";
import type { Archive } from "./archive.ts";
import type { ErrorCode } from "./generated/wire.ts";
import type { Rooms } from "./rooms.ts";
import type { Search } from "./search.ts";
import type { Attachments } from "./upload.ts";

export type * from "./conversation.ts";

/**
 * A value that changes over time, in the shape that `useSyncExternalStore` takes. Both functions
 * may be passed unbound. Snapshots are immutable, and the same object while nothing changed.
 */
export interface Observable<T> {
  /** Calls `listener` after each change (changes of one turn are told once). Returns the way to stop. */
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => T;
}

/** What `GET /config.json` answers. */
export interface RuntimeConfig {
  readonly socketUrl: string;
  readonly httpUrl: string;
  readonly auth:
    | { readonly kind: "builtin" }
    | {
        readonly kind: "oidc";
        readonly authority: string;
        readonly clientId: string;
        /** What `createOidcAuth` takes. */
        readonly authorizeUrl: string;
        /**
         * Whether the server also takes the issuer's names and passwords itself, by the calls of
         * `createAuth`: a page may then have forms of its own beside the way to the issuer's.
         */
        readonly passwords?: boolean;
      };
  /** Where the access token travels when a socket opens. `query` ends up in access logs. */
  readonly tokenIn: "subprotocol" | "query";
  /** After how long out of sight the socket is let go, unless it is `wanted`; 0 keeps it. */
  readonly idleReleaseSeconds: number;
  /** How often a page in sight asks for a sign of life. 25 unless told; 10 minutes are too long. */
  readonly keepAliveSeconds?: number;
  /** At which age a connection is replaced; a tenth more by chance. 6300 unless told. */
  readonly renewAfterSeconds?: number;
  /**
   * `best-effort` where a push may get lost while the connection holds, and presence is a lease: a
   * sign of life is then asked for by a `SYNC`, and names those who are watched again. `sure` unless
   * told.
   */
  readonly pushes?: "sure" | "best-effort";
  /** Whether messages can have files. They can unless told. */
  readonly attachments?: boolean;
}

/** A user, as others see him. */
export interface Person {
  readonly sub: string;
  readonly username: string;
}

/** Why something did not work: a code to decide by, and a sentence for a person. */
export interface Failure {
  readonly code: ErrorCode;
  readonly error: string;
  /** How long to wait before another try is worth it. */
  readonly retryAfterMs?: number;
}

/**
 * - `connecting`: on its way, with nothing to wait for
 * - `online`: connected
 * - `waiting`: will try again at `retryAt`
 * - `released`: let go on purpose (not started, or out of sight); comes back by itself when needed
 * - `ended`: the session is over; a new sign-in is needed
 */
export interface ConnectionState {
  readonly status: "connecting" | "online" | "waiting" | "released" | "ended";
  readonly retryAt?: number;
  /** Why it is not online, for a person who asks; never needed to decide anything. */
  readonly reason?: string;
}

export interface Presence {
  readonly online: boolean;
  readonly lastSeen?: number;
}

export interface ClientEvents {
  message: MessageEvent;
}

export interface Client {
  readonly self: Person;
  readonly connection: Observable<ConnectionState>;
  readonly conversations: Observable<ConversationList>;
  /** Over all conversations, those not listed yet included. */
  readonly totalUnread: Observable<number>;
  /** Connects and stays connected. May follow `stop`. */
  readonly start: () => void;
  /**
   * Comes true after `start`, once what the device keeps of earlier visits is in view: at once, with
   * or without a network. Never rejects.
   */
  readonly restored: Promise<void>;
  /** Lets go of the socket and of all timers and listeners; what waits to be sent is kept. */
  readonly stop: () => void;
  /** Tries again now instead of at `retryAt`. */
  readonly reconnect: () => void;
  /** Loads one more page of the list. Never rejects. */
  readonly loadMoreConversations: () => Promise<void>;
  readonly conversation: (id: string) => Conversation;
  /** Watches a person for as long as somebody subscribes; the 50 most recent are live. */
  readonly presence: (sub: string) => Observable<Presence>;
  /**
   * Finds a person by his exact name or his id.
   *
   * @throws {AizuchiError} `not_found`, `rate_limited`, `unavailable`, …
   */
  readonly lookup: (by: { readonly name: string } | { readonly sub: string }) => Promise<Person>;
  readonly notifications: Notifications;
  /** Files: how they come and go. A message names them by their ids. */
  readonly attachments: Attachments;
  /** Whether the server takes files, as its configuration says. */
  readonly takesFiles: boolean;
  /** The id of one's direct conversation with `person`, which then shows his name even if empty. */
  readonly openDirect: (person: Person) => string;
  readonly privacy: Privacy;
  readonly rooms: Rooms;
  /** Comes into the room that a link leads to, and gives its id: `rooms.join`. */
  readonly join: (secret: string) => Promise<string>;
  readonly search: Search;
  readonly on: <E extends keyof ClientEvents>(
    event: E,
    listener: (event: ClientEvents[E]) => void,
  ) => () => void;
  /**
   * Deletes what this device keeps for this person (history, drafts, unsent messages). For signing
   * out, after `stop`. Never rejects.
   */
  readonly forget: () => Promise<void>;
}

/** Of which messages of a conversation one is told while away: each, those that name one, none. */
export type Wanted = "all" | "mentions" | "none";

/** How one is told while away. Each rejects with an `AizuchiError`. */
export interface Notifications {
  /** What a browser subscribes with: the server's `applicationServerKey`, base64url. */
  readonly key: () => Promise<string>;
  /**
   * Has this browser told of messages while its person has no connection; in place of what it told
   * of itself before. `preview`: with the texts of messages, which only this browser can read.
   */
  readonly subscribe: (
    subscription: { readonly endpoint: string; readonly keys: Readonly<Record<string, string>> },
    options: { readonly preview: boolean },
  ) => Promise<void>;
  readonly unsubscribe: (endpoint: string) => Promise<void>;
  readonly wanted: (conversationId: string) => Promise<Wanted>;
  readonly want: (conversationId: string, wanted: Wanted) => Promise<void>;
}

/** Text kept on the device. Nothing here throws: a store that is full or forbidden keeps nothing. */
export interface KeyValueStore {
  readonly get: (key: string) => string | undefined;
  /** Whether it is kept now. */
  readonly set: (key: string, value: string) => boolean;
  readonly remove: (key: string) => void;
  /** Every key that begins with `prefix`, sorted. */
  readonly keys: (prefix: string) => readonly string[];
}

/** What the client needs of a `WebSocket`. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null;
  /** A browser tells nothing else where its page's policy forbids the address. */
  onerror?: (() => void) | null;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

/** What a page tells about itself and its network. */
export interface Surroundings {
  readonly visible: () => boolean;
  readonly subscribe: (
    listener: (signal: "visible" | "hidden" | "online" | "offline") => void,
  ) => () => void;
}

/** The part of `navigator.locks` that is used. */
export interface Locks {
  request<T>(name: string, options: { signal?: AbortSignal }, run: () => Promise<T>): Promise<T>;
}

/** An access token and whose it is. */
export interface Grant {
  readonly token: string;
  /** Seconds from now. */
  readonly expiresIn: number;
  readonly user: Person;
}

/** Whatever can renew an access token: the built-in pool, or another issuer. */
export interface TokenSource {
  /** @throws {AizuchiError} `unauthorized` where the session is over; any other code may pass. */
  readonly refresh: () => Promise<Grant>;
}

/** The built-in pool's HTTP calls. Each rejects with an `AizuchiError`. */
export interface AuthApi extends TokenSource {
  readonly signUp: (user: string, password: string) => Promise<Grant>;
  readonly signIn: (user: string, password: string) => Promise<Grant>;
  readonly signOut: () => Promise<void>;
  readonly changePassword: (token: string, current: string, next: string) => Promise<void>;
  readonly me: (token: string) => Promise<Person & { readonly createdAt: number }>;
}

/**
 * Another issuer, by the authorization code flow with PKCE. The server exchanges the codes and keeps
 * the refresh token in the cookie. Each call rejects with an `AizuchiError`.
 */
export interface OidcAuth extends TokenSource {
  /**
   * Begins a sign-in in this tab, and gives the address to leave the page for. `returnTo` comes back
   * with `finish`.
   */
  readonly begin: (returnTo: string) => Promise<string>;
  /**
   * Finishes the sign-in that this tab began, with the query that the issuer sent the person back
   * with. Undefined where there is none to finish.
   *
   * The grant rejects with `invalid_request` where the code is another tab's or too old, and with
   * `forbidden` where the issuer refused, or its tokens are not for this server.
   */
  readonly finish: (
    query: string,
  ) => { readonly returnTo: string; readonly grant: Promise<Grant> } | undefined;
  /**
   * Ends the session, and the sockets of all its tabs where `token` is one of its access tokens.
   * Gives the address at which to sign out of the issuer too, where there is one.
   */
  readonly signOut: (token?: string) => Promise<string | undefined>;
}

/** A signed-in person on this page. Holds the access token in memory only. */
export interface Session {
  readonly user: Person;
  /**
   * An access token that lives at least another minute, renewed where needed.
   *
   * @throws {AizuchiError} `unauthorized` when the session is over, `unavailable` without a network
   */
  readonly token: (options?: { readonly fresh?: boolean }) => Promise<string>;
  /** Turns true once, when the session is over (never for want of a network), and stays so. */
  readonly ended: Observable<boolean>;
  /** Declares it over: after signing out, or when the server said so. */
  readonly end: () => void;
}

export interface ClientOptions {
  readonly config: RuntimeConfig;
  readonly session: Session;
  /** `localStorage` unless told. */
  readonly storage?: KeyValueStore;
  /** Where history, and what waits to be sent, outlive the page: IndexedDB, where there is one. */
  readonly archive?: Archive;
  /** By which pages take turns to send: `navigator.locks` unless told. */
  readonly locks?: Locks;
  readonly surroundings?: Surroundings;
  /** Whether the socket is kept out of sight too, say to notify. Asked each time it would be let go. */
  readonly wanted?: () => boolean;
  readonly fetch?: typeof fetch;
  readonly openSocket?: (url: string, protocols: string[]) => Socket;
  readonly now?: () => number;
  /** At least 0 and below 1. */
  readonly random?: () => number;
  /** Calls `run` after `ms`. Returns the way to stop it. */
  readonly setTimer?: (run: () => void, ms: number) => () => void;
}
