import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { test as base, expect, inject } from "vitest";
import { App, PASSWORD } from "./app.ts";
import { launch } from "./browser.ts";
import { Server } from "./server.ts";
import type { Own } from "./target.ts";
import { watch } from "./watch.ts";
import { type Account, signUp } from "./wire.ts";

export { expect };

/** How long a locator may take to come true, in milliseconds. It ends a test; none waits for it. */
const PATIENCE = 20_000;

/** A browser profile of its own: one person on one device. */
export class Device {
  readonly context: BrowserContext;
  readonly #url: string;

  constructor(context: BrowserContext, url: string) {
    this.context = context;
    this.#url = url;
  }

  /** A new tab at a path of the application, or at another address. */
  async page(path: string): Promise<Page> {
    const page = await this.context.newPage();
    await page.goto(new URL(path, this.#url).href);
    return page;
  }

  /** A new tab with the application. */
  async tab(path = "/"): Promise<App> {
    return new App(await this.page(path));
  }

  /** Signs in without the form, and opens a tab. */
  async signedIn({ name }: Account, path = "/"): Promise<App> {
    // From within the origin, which may be one that the browser alone knows the way to.
    const page = await this.page("/healthz");
    const status = await page.evaluate(
      async (data) => {
        const body = JSON.stringify(data);
        const headers = { "Content-Type": "application/json" };
        return (await fetch("/api/auth/signin", { method: "POST", headers, body })).status;
      },
      { user: name, password: PASSWORD },
    );
    expect(status).toBe(200);
    await page.goto(new URL(path, this.#url).href);
    const app = new App(page);
    await app.list.or(app.composer).first().waitFor();
    return app;
  }
}

/** What a test of every shape runs against. */
export async function anyTarget(): Promise<Own> {
  const target = inject("target");
  if (target) return { ...target, remove: () => Promise.resolve() };
  return Server.start(["--rate-limits", "off"]);
}

/** A test with a server and a browser for its file, and with devices that end with it. */
export function testWith<T extends Own>(startServer: () => Promise<T>) {
  return base
    .extend("server", { scope: "file" }, async ({}, { onCleanup }) => {
      const server = await startServer();
      onCleanup(() => server.remove());
      return server;
    })
    .extend("browser", { scope: "file" }, async ({}, { onCleanup }): Promise<Browser> => {
      const browser = await launch();
      onCleanup(() => browser.close());
      return browser;
    })
    .extend("complaints", (): string[] => [])
    .extend("device", ({ server, browser, complaints }, { onCleanup }) => {
      const contexts: BrowserContext[] = [];
      onCleanup(async () => {
        await Promise.all(contexts.map((context) => context.close()));
        expect(complaints, "what the pages complained about").toEqual([]);
      });
      return async (options?: BrowserContextOptions): Promise<Device> => {
        const context = await browser.newContext({ locale: "en-US", ...options });
        contexts.push(context);
        context.setDefaultTimeout(PATIENCE);
        await watch(context, complaints);
        return new Device(context, server.url);
      };
    })
    .extend("person", ({ server }) => {
      return (name: string): Promise<Account> => signUp(server, unique(name));
    });
}

/** Tests share a server, so that their people need names of their own. */
export function unique(name: string): string {
  return `${name}-${crypto.randomUUID().slice(0, 8)}`;
}

export const test = testWith(anyTarget);
