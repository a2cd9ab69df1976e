/** Every limit and time of the SDK in one place. Times are in milliseconds unless a name says else. */

/** How many conversations one `SYNC` may name. */
export const MAX_CURSORS = 200;
/** How many people one connection may watch. */
export const MAX_WATCHED = 50;
/** Up to where `unread` is exact. */
export const MAX_UNREAD = 100;

export const PAGE_SIZE = 50;
/** Of a page around one entry, so much of it is what comes after. */
export const PLACE_BELOW = 20;
/** A gap is seldom long, but is best closed in one go. */
export const GAP_PAGE_SIZE = 200;
export const CONVERSATION_PAGE_SIZE = 50;
/** Of a conversation nobody looks at, this many messages are kept in memory. */
export const KEPT_MESSAGES = 200;
/** Messages that may wait to be sent. */
export const MAX_OUTBOX = 500;

/** How long a handshake may take. */
export const OPEN_TIMEOUT = 15_000;
/** How long an answer may take. */
export const ANSWER_TIMEOUT = 15_000;
/** How long a connection is still heard after another took its place: as long as an answer may take. */
export const RETIRED_FOR = ANSWER_TIMEOUT;
/** How long an HTTP call may take. */
export const HTTP_TIMEOUT = 20_000;

/** How long a poll may wait for something to bring, in seconds; the most that the server takes. */
export const POLL_WAIT = 25;
/** How long its answer may take. */
export const POLL_TIMEOUT = 40_000;
/** The time between two polls where the server lets none wait: at first, and when nothing happens. */
export const POLL_PAUSE = 5_000;
export const POLL_PAUSE_MAX = 30_000;
/** Sockets that fail before polls are tried. */
export const SOCKETS_TRIED = 3;
/** After how long a socket is tried again beside polls; twice as long each time, up to a limit. */
export const SOCKET_AGAIN = 60_000;
export const SOCKET_AGAIN_MAX = 32 * 60_000;

/** How often to ask for a sign of life, unless the configuration says else. */
export const KEEP_ALIVE = 25_000;
/** Out of sight, just often enough not to be idle for the server (10 minutes). */
export const KEEP_ALIVE_HIDDEN = 240_000;
/** Which part of such a time is left to chance, so that pages do not ask in step. */
export const KEEP_ALIVE_SPREAD = 0.2;
/** Silence for this long after a `PING` means that the socket is dead. */
export const PONG_TIMEOUT = 10_000;
/**
 * At which age a connection is renewed, unless the configuration says else, and which part of it may
 * come on top by chance: the server closes it at two hours.
 */
export const RENEW_AFTER = 105 * 60_000;
export const RENEW_SPREAD = 0.1;
/** A renewal that failed is tried again after this, and the backoff. */
export const RENEW_AGAIN = 60_000;

export const BACKOFF_BASE = 500;
export const BACKOFF_MAX = 30_000;
/** A connection that held this long was a good one: the next failure starts over. */
export const STABLE_AFTER = 60_000;
/** The least wait after the server closed for flooding. */
export const FLOODING_WAIT = 10_000;

/** An entry that comes early waits this long for those before it. */
export const GAP_WAIT = 300;
export const READ_WAIT = 200;
export const READ_RETRY = 5_000;
export const WATCH_WAIT = 50;
export const WATCH_RETRY = 15_000;
/** After a drop, presence is believed for this long. */
export const PRESENCE_GRACE = 5_000;
export const TYPING_EVERY = 4_000;
export const TYPING_LASTS = 6_000;

/** A token with less life than this is renewed before use. */
export const TOKEN_MARGIN = 60_000;

/** What a device keeps: the newest messages of so many conversations. */
export const KEPT_WINDOWS = 100;
export const WINDOW_SIZE = 100;
/** How soon what changed is kept. */
export const KEEP_WAIT = 1_000;
/** A database that does not open for this long is done without. */
export const OPEN_ARCHIVE_TIMEOUT = 3_000;
/** A message that the device does not get kept for this long is sent all the same. */
export const KEEP_TIMEOUT = 1_000;
/** How long to wait for another page that sends in the same conversation: as long as a try may take. */
export const TURN_WAIT = ANSWER_TIMEOUT + 5_000;
/** Files of one message. */
export const MAX_ATTACHMENTS = 10;
