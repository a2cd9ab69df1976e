import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import { describe } from "vitest";
import { App, PASSWORD } from "../support/app.ts";
import { examine, examined } from "../support/axe.ts";
import { expect, test, unique } from "../support/test.ts";
import { say } from "../support/wire.ts";

const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

describe.for([
  ["light, on a desktop", { ...examined, colorScheme: "light" }],
  ["dark, on a phone", { ...examined, ...phone, colorScheme: "dark" }],
] satisfies [string, BrowserContextOptions][])("axe finds nothing, %s", ([, options]) => {
  test("before signing in", async ({ device }) => {
    const { page } = await (await device(options)).tab();
    await page.getByRole("heading", { name: "Welcome back" }).waitFor();
    await examine(page);
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByRole("heading", { name: "Create your account" }).waitFor();
    await examine(page);
    await new App(page).submit("not a name", "short", "Create account");
    await page.getByText("Use at least 8 characters.").waitFor();
    await examine(page);
  });

  test("in conversations", async ({ device, person, server }) => {
    const [ann, bob] = [await person("ann"), await person("bob")];
    const a = await (await device(options)).signedIn(ann);
    await a.page.getByRole("heading", { name: `Hello, ${ann.name}` }).waitFor();
    await examine(a.page);

    await say(server, ann, bob, ["Have you seen the heron?"]);
    await say(server, bob, ann, ["I have! See https://example.org/heron"]);
    await a.row(bob.name).getByText("1 unread message").waitFor();
    await examine(a.page);
    await a.open(bob.name);
    await a.page.getByRole("separator").waitFor();
    await a.send("Lovely.");
    await a.mark("Lovely.", "Sent").waitFor();
    await examine(a.page);

    await a.page.goto(`${server.url}/c/nowhere`);
    await a.page.getByRole("heading", { name: "There is no such conversation." }).waitFor();
    await examine(a.page);
  });

  test("in settings and dialogs", async ({ device, person }) => {
    const a = await (await device(options)).signedIn(await person("ann"));
    await a.list.getByRole("button", { name: "New conversation" }).click();
    await a.page.getByRole("dialog").waitFor();
    await examine(a.page);
    await a.page.keyboard.press("Escape");
    await a.openSettings();
    await examine(a.page);
    await a.page.getByRole("button", { name: "Sign out" }).click();
    await a.page.getByRole("dialog").waitFor();
    await examine(a.page);
  });
});

test("the keyboard is enough", async ({ device, person, server }) => {
  const [bob, cat] = [await person("bob"), await person("cat")];
  const { page } = await (await device()).tab();
  const a = new App(page);
  await page.getByRole("heading", { name: "Welcome back" }).waitFor();
  await tabTo(page, page.getByRole("button", { name: "Create account" }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("textbox", { name: "Name", exact: true }));
  const name = unique("ann");
  await page.keyboard.type(name);
  await tabTo(page, page.getByLabel("Password", { exact: true }));
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");

  await page.getByRole("heading", { name: `Hello, ${name}` }).waitFor();
  await tabTo(page, page.getByRole("textbox", { name: "Name or id" }));
  await page.keyboard.type(bob.name);
  await page.keyboard.press("Enter");
  await a.composer.waitFor();
  await expect.poll(() => focused(a.composer)).toBe(true);
  await page.keyboard.type("Without a mouse.");
  await page.keyboard.press("Enter");
  await a.mark("Without a mouse.", "Sent").waitFor();

  const answer = await fetch(`${server.httpUrl}/api/users?name=${name}`, {
    headers: { authorization: `Bearer ${bob.token}` },
  });
  const ann = { name, ...((await answer.json()) as { sub: string }), token: "" };
  await say(server, cat, ann, ["Me too!"]);
  await a.row(cat.name).waitFor();
  await page.keyboard.press("Control+k");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Home");
  await expect.poll(() => focused(a.row(cat.name))).toBe(true);
  await page.keyboard.press("ArrowDown");
  await expect.poll(() => focused(a.row(bob.name))).toBe(true);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await a.message("Me too!").waitFor();
  await expect.poll(() => focused(a.composer)).toBe(true);
});

/** Goes to an element as one does without a mouse. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  const enough = 30;
  for (let i = 0; i < enough; i++) {
    if (await focused(target)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error("The Tab key does not get there.");
}

function focused(target: Locator): Promise<boolean> {
  return target.evaluate((element) => element === document.activeElement);
}
