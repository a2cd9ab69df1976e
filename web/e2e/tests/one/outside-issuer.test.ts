import type { Page } from "playwright-core";
import { afterAll } from "vitest";
import { App, PASSWORD } from "../../support/app.ts";
import { Server } from "../../support/server.ts";
import { expect, testWith } from "../../support/test.ts";
import { signUp } from "../../support/wire.ts";

const issuer = await Server.start(["--rate-limits", "off"]);
afterAll(() => issuer.remove());

const test = testWith(async () => {
  const guest = await Server.start([
    ...["--rate-limits", "off"],
    ...["--issuer", issuer.url, "--issuer-client-id", "guest"],
  ]);
  await issuer.restart(["--oauth-client", `guest=${home(guest)}/signed-in`]);
  return guest;
});

/** By its other name, so that the issuer is another site for the browser too. */
function home(guest: Server): string {
  return guest.url.replace("127.0.0.1", "localhost");
}

/** Goes from the guest's page to the issuer's, and comes back signed in. */
async function signIn(page: Page, name: string): Promise<App> {
  await page.getByRole("heading", { name: "Welcome back" }).waitFor();
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${issuer.url}/**`);
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  const app = new App(page);
  await app.list.or(app.composer).first().waitFor();
  return app;
}

test("people of another issuer chat, and scripts see no token of theirs", async ({
  device,
  server,
}) => {
  const ann = await signUp(issuer, "ann");
  await signUp(issuer, "bob");
  const annsDevice = await device();
  const anns = await signIn(await annsDevice.page(home(server)), "ann");
  expect(anns.page.url()).toBe(`${home(server)}/`);

  const cookies = await annsDevice.context.cookies(`${home(server)}/api/auth`);
  expect(cookies).toMatchObject([{ name: "aizuchi_refresh", httpOnly: true, sameSite: "Strict" }]);
  const kept = await anns.page.evaluate(() =>
    JSON.stringify([document.cookie, localStorage, sessionStorage]),
  );
  expect(kept).not.toMatch(/eyJ|verifier/);

  // An invitation is still there after the way over the issuer.
  const invite = await (await device()).page(`${home(server)}/invite#u=${ann.sub}`);
  const bobs = await signIn(invite, "bob");
  await bobs.composer.waitFor();
  await bobs.send("Good morning.");
  await anns.open("bob");
  await anns.message("Good morning.").waitFor();

  await anns.page.reload();
  await anns.message("Good morning.").waitFor();
  await anns.page.goto(home(server));
  await anns.openSettings();
  expect(await anns.page.getByText("Current password").count()).toBe(0);
});

test("signing out in one tab ends the other, and leads back", async ({ device, server }) => {
  await signUp(issuer, "cleo");
  const cleos = await device();
  const first = await signIn(await cleos.page(home(server)), "cleo");
  const second = await cleos.tab(home(server));
  await second.list.waitFor();
  const elsewhere = await signIn(await (await device()).page(home(server)), "cleo");

  const there = first.page.waitForRequest(`${issuer.url}/logout?**`);
  const back = first.page.waitForRequest(`${home(server)}/signed-in`);
  await first.signOut();
  await Promise.all([there, back]);
  await first.page.waitForURL(`${home(server)}/`);
  await second.page.getByText("You have been signed out.").waitFor();
  await second.page.reload();
  await second.page.getByRole("heading", { name: "Welcome back" }).waitFor();
  await elsewhere.page.reload();
  await elsewhere.list.waitFor();
});

test("a code that this tab did not ask for signs nobody in", async ({ device, server }) => {
  const page = await (await device()).page(`${home(server)}/signed-in?code=stolen&state=guessed`);
  await page.getByRole("heading", { name: "Welcome back" }).waitFor();
  expect(page.url()).toBe(`${home(server)}/`);

  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${issuer.url}/**`);
  await page.goto(`${home(server)}/signed-in?code=stolen&state=guessed`);
  await page.getByRole("alert").getByText("began in another tab").waitFor();
});
