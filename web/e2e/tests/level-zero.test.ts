import { resolve } from "node:path";
import type { Page } from "playwright-core";
import { afterAll } from "vitest";
import { PASSWORD } from "../support/app.ts";
import { Server } from "../support/server.ts";
import { Site } from "../support/site.ts";
import { type Device, expect, testWith } from "../support/test.ts";
import type { Account } from "../support/wire.ts";

const site = await Site.open(resolve(import.meta.dirname, "..", "fixtures", "level-zero"));
afterAll(() => site.close());

const test = testWith(async () => {
  const server = await Server.start([
    ...["--rate-limits", "off"],
    ...["--oauth-client", `two-way=${site.url}`, "--oauth-implicit", "two-way"],
  ]);
  const { host } = new URL(server.url);
  const settings = { clientId: "two-way", redirectUri: site.url, host };
  site.pages.set("/settings.js", `window.settings = ${JSON.stringify(settings)};`);
  return server;
});

test("two unmodified level 0 pages chat and see each other", async ({ device, person }) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  const a = await enter(await device(), ann);
  await a.getByLabel("Partner's id").pressSequentially(bob.sub);
  await a.getByLabel("Partner", { exact: true }).getByText(bob.name).waitFor();
  await a.getByRole("status").getByText("Partner is away").waitFor();

  const b = await enter(await device(), bob);
  await a.getByRole("status").getByText("Partner is here").waitFor();
  await b.getByLabel("Partner's id").pressSequentially(ann.sub);
  await b.getByRole("status").getByText("Partner is here").waitFor();

  await say(a, "Anybody there?");
  await heard(b, "Partner: Anybody there?");
  await say(b, "Me & “you” <3");
  await heard(a, "Partner: Me & “you” <3");

  // History: what is asked for by naming the partner anew.
  await b.getByLabel("Partner's id").fill("");
  await b.getByLabel("Partner's id").fill(ann.sub);
  await expect
    .poll(() => b.getByRole("list", { name: "Messages" }).getByRole("listitem").allTextContents())
    .toEqual(["Partner: Anybody there?", "I: Me & “you” <3"]);

  await b.close();
  await a.getByRole("status").getByText("Partner is away").waitFor();
});

test("a level 0 page and the application chat with each other", async ({ device, person }) => {
  const [old, young] = [await person("old"), await person("young")];
  const page = await enter(await device(), old);
  await page.getByLabel("Partner's id").fill(young.sub);
  await page.getByRole("status").getByText("Partner is away").waitFor();
  const app = await (await device()).signedIn(young);
  await page.getByRole("status").getByText("Partner is here").waitFor();

  await say(page, "Hello from yesterday.");
  await app.open(old.name);
  await app.presence("Online").waitFor();
  await app.message("Hello from yesterday.").waitFor();
  await app.send("Hello from today.");
  await heard(page, "Partner: Hello from today.");
  await app.page.close();
  await page.getByRole("status").getByText("Partner is away").waitFor();
});

/** Opens the page, signs in where it links to, and waits for its socket. */
async function enter(device: Device, { name }: Account): Promise<Page> {
  const page = await device.page(site.url);
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("status").getByText("Connected: PONG").waitFor();
  expect(await page.getByText("You are").textContent()).toContain(name);
  expect(page.url()).toBe(site.url);
  return page;
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.getByRole("button", { name: "Send" }).click();
}

async function heard(page: Page, text: string): Promise<void> {
  const message = page.getByRole("listitem").filter({ hasText: text });
  await message.waitFor();
  expect(await message.count()).toBe(1);
}
