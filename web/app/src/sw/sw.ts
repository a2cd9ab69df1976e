/**
 * The service worker: it holds the files of the application, so that the page opens without a
 * network. It sees no call of the server's API and keeps no token. Each part listens for itself.
 */
import "./push.ts";
import "./shell.ts";
