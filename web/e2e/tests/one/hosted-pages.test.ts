import { afterAll } from "vitest";
import { PASSWORD } from "../../support/app.ts";
import { examine, examined } from "../../support/axe.ts";
import { Server } from "../../support/server.ts";
import { Site } from "../../support/site.ts";
import { expect, testWith } from "../../support/test.ts";

const shop = await Site.open();
afterAll(() => shop.close());
shop.pages.set("/index.html", "<!doctype html><link rel='icon' href='data:,'><h1>Shop</h1>");

const test = testWith(() =>
  Server.start([
    ...["--rate-limits", "off"],
    ...["--oauth-client", `shop=${shop.url}`, "--oauth-implicit", "shop"],
  ]),
);

/** The sign-in page, as the shop links to it. */
function login(redirectUri = shop.url): string {
  return `/login?client_id=shop&redirect_uri=${redirectUri}&response_type=token&state=a%26b`;
}

test("somebody signs up and is sent back with a token", async ({ device, server }) => {
  const page = await (await device()).page(login());
  await page.getByRole("link", { name: "Sign up" }).click();
  await page.getByLabel("Name").fill("newcomer");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByRole("heading", { name: "Shop" }).waitFor();

  const { hash } = new URL(page.url());
  expect(hash).toContain("state=a%26b");
  const returned = new URLSearchParams(hash.slice(1));
  expect(returned.get("token_type")).toBe("Bearer");
  expect(Number(returned.get("expires_in"))).toBeLessThanOrEqual(3600);
  const answer = await fetch(`${server.url}/oauth2/userInfo`, {
    headers: { authorization: `Bearer ${returned.get("access_token") ?? ""}` },
  });
  expect(await answer.json()).toMatchObject({ username: "newcomer" });
});

test("a wrong password is told, and the name stays", async ({ device, person }) => {
  const ann = await person("ann");
  const page = await (await device()).page(login());
  await page.getByLabel("Name").fill(ann.name);
  await page.getByLabel("Password").fill("not the one");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
  expect(await page.getByRole("alert").textContent()).toBe("The name or the password is wrong.");
  expect(await page.getByLabel("Name").inputValue()).toBe(ann.name);
});

test("nobody is sent to an address that is not registered", async ({ device }) => {
  for (const elsewhere of [`${shop.url}other`, shop.url.slice(0, -1), "http://evil.example/"]) {
    const page = await (await device()).page(login(elsewhere));
    await page.getByRole("heading", { name: "This link does not work" }).waitFor();
    expect(await page.getByRole("textbox").count()).toBe(0);
    expect(await page.getByRole("link").count()).toBe(0);
  }
});

test("no page of the server shows in a frame", async ({ complaints, device, server }) => {
  for (const path of [login(), "/"]) {
    shop.pages.set("/frame.html", `<!doctype html><iframe src="${server.url}${path}"></iframe>`);
    const page = await (await device()).page(`${shop.url}frame.html`);
    await expect.poll(() => complaints.join("\n")).toContain("frame-ancestors");
    expect(await page.frameLocator("iframe").getByRole("textbox").count()).toBe(0);
    complaints.length = 0;
  }
});

test("the pages speak Japanese, and axe finds nothing", async ({ device }) => {
  for (const [locale, heading, colorScheme] of [
    ["en-US", "Sign in", "light"],
    ["ja-JP", "サインイン", "dark"],
  ] as const) {
    const page = await (await device({ ...examined, locale, colorScheme })).page(login());
    await page.getByRole("heading", { name: heading }).waitFor();
    await examine(page);
    await page.goto(page.url().replace("/login?", "/signup?"));
    await examine(page);
  }
});
