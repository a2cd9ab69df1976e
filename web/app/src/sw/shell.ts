import { parseRoute } from "../shell/routes.ts";
import { isShell, SHELL_PREFIX, TAKE_OVER } from "./names.ts";

declare const self: ServiceWorkerGlobalScope;
/** Every file of the application with its digest, by the build. */
declare const __SHELL__: readonly (readonly [path: string, integrity: string])[];
/** Changes with any of them. */
declare const __VERSION__: string;

const CACHE = SHELL_PREFIX + __VERSION__;
const PAGE = "/index.html";
/** Pages of the version before may still be open, and want a part of theirs. */
const KEPT_VERSIONS = 2;

self.addEventListener("install", (event) => {
  event.waitUntil(install());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(tidy());
});

self.addEventListener("message", (event) => {
  // Only when the person asks: a page that is being used is not changed under his hands.
  if (event.data === TAKE_OVER) event.waitUntil(self.skipWaiting());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    if (isPlace(url)) event.respondWith(page(request));
    else if (!isServers(url)) event.respondWith(pageInNeed(request));
  } else if (isFile(url.pathname)) {
    event.respondWith(file(request));
  }
});

/**
 * Takes all files or none. Their digests see to it that none is of another version, as it may be
 * while a new one is being put in place.
 */
async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  await Promise.all(
    __SHELL__.map(async ([path, integrity]) => {
      // Names under assets/ carry a hash: what is here already is the same.
      const held = isAsset(path) ? await caches.match(path) : undefined;
      const answer = held ?? (await fetch(new Request(path, { integrity, cache: "no-cache" })));
      if (!answer.ok) throw new Error(`${path} is not to be had.`);
      await cache.put(path, answer);
    }),
  );
}

async function tidy(): Promise<void> {
  const shells = (await caches.keys()).filter(isShell);
  const old = shells.filter((name) => name !== CACHE).slice(0, 1 - KEPT_VERSIONS);
  await Promise.all(old.map((name) => caches.delete(name)));
}

async function page(request: Request): Promise<Response> {
  // What the browser threw away comes from the network again.
  return (await caches.match(PAGE, { cacheName: CACHE })) ?? fetch(request);
}

/** Of an address that is no place of the application: the server's answer, or else its page. */
async function pageInNeed(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const held = await caches.match(PAGE, { cacheName: CACHE });
    if (held) return held;
    throw error;
  }
}

async function file(request: Request): Promise<Response> {
  const held =
    (await caches.match(request, { cacheName: CACHE })) ??
    (isAsset(new URL(request.url).pathname) ? await caches.match(request) : undefined);
  return held ?? fetch(request);
}

function isPlace({ pathname, hash }: URL): boolean {
  return pathname === "/" || parseRoute(pathname, hash).page !== "home";
}

/** What only the server answers, even where it fails to. */
function isServers({ pathname }: URL): boolean {
  return /^\/(api|auth|ws|login|signup|logout|oauth2|healthz|readyz|signed-in|\.well-known)(\/|$)/.test(
    pathname,
  );
}

function isFile(path: string): boolean {
  return isAsset(path) || __SHELL__.some(([name]) => name === path);
}

function isAsset(path: string): boolean {
  return path.startsWith("/assets/");
}
