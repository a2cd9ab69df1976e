import { resolve } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, inject } from "vitest";
import { PASSWORD } from "../support/app.ts";
import { Server } from "../support/server.ts";
import { Site } from "../support/site.ts";
import type { Target } from "../support/target.ts";
import { anyTarget, type Device, expect, testWith } from "../support/test.ts";
import type { Account } from "../support/wire.ts";

const site = await Site.open(resolve(import.meta.dirname, "..", "fixtures", "level-zero"));
afterAll(() => site.close());

const test = testWith(async () => {
  const server = await (inject("target") ? anyTarget() : startOne());
  const { url, socketUrl } = server;
  const settings = {
    clientId: "two-way",
    redirectUri: site.url,
    signInUrl: `${url}/login`,
    userInfoUrl: inject("target") ? `${url}/api/me` : `${url}/oauth2/userInfo`,
    socketUrl,
  };
  site.pages.set("/settings.js", `window.settings = ${JSON.stringify(settings)};`);
  return server;
});

function startOne(): Promise<Server> {
  return Server.start([
    ...["--rate-limits", "off"],
    ...["--oauth-client", `two-way=${site.url}`, "--oauth-implicit", "two-way"],
  ]);
}

test("two unmodified level 0 pages chat and see each other", async ({ device, person, server }) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  const a = await enter(await device(), ann, server);
  await a.getByLabel("Partner's id").pressSequentially(bob.sub);
  await a.getByLabel("Partner", { exact: true }).getByText(bob.name).waitFor();
  await a.getByRole("status").getByText("Partner is away").waitFor();

  const b = await enter(await device(), bob, server);
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

test("a level 0 page and the application chat with each other", async ({
  device,
  person,
  server,
}) => {
  const [old, young] = [await person("old"), await person("young")];
  const page = await enter(await device(), old, server);
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

/** Opens the page, signs in, and waits for its socket. */
async function enter(device: Device, who: Account, server: Target): Promise<Page> {
  const page = await (inject("target") ? enterWithToken : enterByLink)(device, who, server);
  await page.getByRole("status").getByText("Connected: PONG").waitFor();
  expect(await page.getByText("You are").textContent()).toContain(who.name);
  return page;
}

/** Signs in where the page links to. */
async function enterByLink(device: Device, { name }: Account): Promise<Page> {
  const page = await device.page(site.url);
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByLabel("Your id").waitFor();
  expect(page.url()).toBe(site.url);
  return page;
}

/**
 * Comes back from a sign-in with its token, where the issuer has none of the kind that the page
 * links to; on the application's origin, since no other one may open sockets there.
 */
async function enterWithToken(device: Device, { name }: Account, server: Target): Promise<Page> {
  const answer = await fetch(`${server.httpUrl}/auth`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user: name, password: PASSWORD }),
  });
  const { token } = (await answer.json()) as { token: string };
  const place = `${server.url}/two-way/`;
  // For the browser a page that a test brings comes from anywhere, and the socket is at home.
  await device.context.grantPermissions(["local-network-access"]);
  await device.context.route(`${place}**`, async (route) => {
    const there = route.request().url().replace(place, site.url);
    await route.fulfill({ response: await route.fetch({ url: there }) });
  });
  return device.page(`${place}#access_token=${token}`);
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
