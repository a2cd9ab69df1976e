import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { Browser, BrowserContext } from "playwright-core";
import { App, PASSWORD } from "./support/app.ts";
import { BINARY } from "./support/server.ts";
import { expect, test } from "./support/test.ts";

/** The viewport of all that is measured here. */
const viewport = { width: 1280, height: 800 };
// Two sessions begin at each, and a session may begin 20 times a minute.
const OPENINGS = 7;
const LONG = 10_000;
const FIGURES = resolve(import.meta.dirname, "..", "..", "target", "bench");
const HOUR = 3_600_000;

const HEAVY = {
  user: "speed-heavy",
  conversations: Number(process.env.CONVERSATIONS ?? 500),
  messages: Number(process.env.MESSAGES ?? 1_000_000),
};

test("opening with many conversations", { timeout: HOUR }, async ({ browser, server }) => {
  const { user, conversations, messages } = HEAVY;
  await bench(server.url, "open", "--json", "--user", user, [
    ...["--conversations", String(conversations)],
    ...["--messages", String(messages), "--samples", "1"],
  ]);
  const device = await signedIn(browser, server.url, user);
  const path = await newest(device, server.url);
  const again: Opening[] = [];
  const fresh: Opening[] = [];
  for (let n = 0; n < OPENINGS; n += 1) {
    again.push(await opening(device, server.url + path));
    // The session alone, as one who emptied his browser's cache has it.
    const { cookies } = await device.storageState();
    const other = await browser.newContext({ locale: "en-US", viewport });
    await other.addCookies(cookies);
    fresh.push(await opening(other, server.url + path));
    await device.addCookies((await other.storageState()).cookies);
    await other.close();
  }
  await device.close();
  await record("page-open", {
    conversations,
    messages,
    again: medians(again),
    fresh: medians(fresh),
  });
});

test("scrolling a long conversation", { timeout: HOUR }, async ({ browser, server }) => {
  const [reader, writer] = ["speed-reader", "speed-writer"];
  await bench(server.url, "history", "--json", "--user", writer, [
    ...["--partner", reader, "--fill", String(LONG), "--sizes", "1", "--samples", "1"],
  ]);
  const device = await signedIn(browser, server.url, reader);
  const page = await device.newPage();
  await page.goto(server.url);
  const app = new App(page);
  await app.open(writer);
  await app.message(numbered(LONG)).waitFor();
  const first = await scroll(app, -1, numbered(1));
  const down = await scroll(app, 1, numbered(LONG));
  const up = await scroll(app, -1, numbered(1));
  await device.close();
  await record("page-scroll", { messages: LONG, loading: first, down, up });
});

function bench(url: string, what: string, ...args: (string | string[])[]) {
  return promisify(execFile)(BINARY, ["bench", what, "--url", url, ...args.flat()], {
    env: { ...process.env, AIZUCHI_PASSWORD: PASSWORD },
  });
}

async function signedIn(browser: Browser, url: string, user: string): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: "en-US", viewport });
  const page = await context.newPage();
  await page.goto(url);
  await new App(page).signIn(user);
  await page.close();
  return context;
}

/** Where the newest conversation is, with the worker that keeps the page installed. */
async function newest(context: BrowserContext, url: string): Promise<string> {
  const page = await context.newPage();
  await page.goto(url);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await new App(page).rows.first().getByRole("link").click();
  await new App(page).composer.waitFor();
  const { pathname, hash } = new URL(page.url());
  await page.close();
  return pathname + hash;
}

/** When things were in view, in ms since the navigation began. */
interface Opening {
  list: number;
  messages: number;
}

async function opening(context: BrowserContext, url: string): Promise<Opening> {
  const page = await context.newPage();
  await page.addInitScript(() => {
    const seen: Partial<Opening> = {};
    Object.assign(window, { seen });
    const look = (): void => {
      if (document.querySelector("nav li a")) seen.list ??= performance.now();
      if (document.querySelector("[role=log] [dir=auto]")) seen.messages ??= performance.now();
      if (seen.list === undefined || seen.messages === undefined) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  await page.goto(url);
  const seen = await page.waitForFunction(() => {
    const { seen } = window as unknown as { seen: Partial<Opening> };
    return seen.list !== undefined && seen.messages !== undefined ? (seen as Opening) : undefined;
  });
  const found = await seen.jsonValue();
  await page.close();
  if (!found) throw new Error("Nothing was seen.");
  return found;
}

function medians(openings: readonly Opening[]): Opening {
  return {
    list: median(openings.map(({ list }) => list)),
    messages: median(openings.map(({ messages }) => messages)),
  };
}

function median(numbers: number[]): number {
  return Math.round(numbers.sort((a, b) => a - b)[numbers.length >> 1] ?? 0);
}

/** Turns the wheel as fast as frames come until a message is in view, and times the frames. */
async function scroll(app: App, direction: 1 | -1, until: RegExp) {
  const { page, log } = app;
  await page.evaluate(() => {
    const frames: number[] = [];
    Object.assign(window, { frames });
    let last = performance.now();
    const next = (now: number): void => {
      frames.push(now - last);
      last = now;
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });
  await log.hover();
  const end = log.getByText(until).first();
  while (!(await end.isVisible())) await page.mouse.wheel(0, direction * 1_200);
  return page.evaluate(() => {
    const { frames } = window as unknown as { frames: number[] };
    // The first runs from whenever this began.
    const sorted = frames.slice(1).sort((a, b) => a - b);
    const at = (share: number): number =>
      Math.round(sorted[Math.floor(sorted.length * share)] ?? 0);
    return {
      frames: sorted.length,
      p50: at(0.5),
      p99: at(0.99),
      longest: Math.round(sorted.at(-1) ?? 0),
      over50: sorted.filter((ms) => ms > 50).length,
    };
  });
}

/** A text of the bench begins with its number. */
function numbered(number: number): RegExp {
  return new RegExp(`^${String(number).padStart(16, "0")} `);
}

async function record(name: string, figures: object): Promise<void> {
  expect(figures).toBeTruthy();
  await mkdir(FIGURES, { recursive: true });
  await writeFile(join(FIGURES, `${name}.json`), `${JSON.stringify(figures, undefined, 2)}\n`);
  console.log(name, JSON.stringify(figures));
}
