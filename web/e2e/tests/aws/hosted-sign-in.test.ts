import type { Page } from "playwright-core";
import { App, PASSWORD } from "../../support/app.ts";
import { expect, test } from "../../support/test.ts";

/** Goes to the issuer's page, and comes back signed in. */
async function signIn(page: Page, name: string): Promise<App> {
  const home = new URL(page.url()).origin;
  await page.getByRole("button", { name: "Other ways to sign in" }).click();
  await page.waitForURL((url) => url.origin !== home);
  await page.locator("input[name=username]").fill(name);
  await page.locator("input[name=password]").fill(PASSWORD);
  await page.locator("input[name=password]").press("Enter");
  const app = new App(page);
  await app.list.or(app.composer).first().waitFor();
  return app;
}

test("the issuer's own page signs in too, and no script sees a token", async ({
  device,
  person,
  server,
}) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  const annsDevice = await device();
  const a = await signIn(await annsDevice.page("/"), ann.name);
  expect(a.page.url()).toBe(`${server.url}/`);
  expect(await annsDevice.context.cookies(`${server.url}/api/auth`)).toMatchObject([
    { name: "aizuchi_refresh", httpOnly: true, sameSite: "Strict" },
  ]);
  const kept = await a.page.evaluate(() =>
    JSON.stringify([document.cookie, localStorage, sessionStorage]),
  );
  expect(kept).not.toMatch(/eyJ|verifier/);

  // An invitation is still there after the way over the issuer, and a reload keeps the session.
  const invite = await (await device()).page(`/invite#u=${ann.sub}`);
  const b = await signIn(invite, bob.name);
  await b.send("Good morning.");
  await a.open(bob.name);
  await a.message("Good morning.").waitFor();
  await a.page.reload();
  await a.message("Good morning.").waitFor();
});

test("signing out goes by the issuer, for who signed in there", async ({ device, person }) => {
  const ann = await person("ann");
  const there = await signIn(await (await device()).page("/"), ann.name);
  const way = visited(there.page);
  await there.signOut();
  await expect.poll(() => way.join()).toMatch(/\/logout.*\/signed-in/);

  const here = await (await device()).tab();
  await here.signIn(ann.name);
  const stayed = visited(here.page);
  await here.signOut();
  expect(stayed).toEqual([]);
  await here.page.reload();
  await here.page.getByRole("heading", { name: "Welcome back" }).waitFor();
});

/** The paths of the pages that a tab goes to. */
function visited(page: Page): string[] {
  const paths: string[] = [];
  page.on("request", (request) => {
    if (request.isNavigationRequest()) paths.push(new URL(request.url()).pathname);
  });
  return paths;
}
