import { devices } from "playwright-core";
import type { App } from "../support/app.ts";
import { expect, test } from "../support/test.ts";
import { say } from "../support/wire.ts";

const phone = {
  viewport: { width: 390, height: 844 },
  userAgent: devices["Pixel 7"].userAgent,
  isMobile: true,
  hasTouch: true,
};

test("a phone shows one pane and goes back", async ({ device, person, server }) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  await say(server, bob, ann, ["Are you on the train?"]);
  const a = await (await device(phone)).signedIn(ann);
  await a.row(bob.name).waitFor();
  expect(await sideways(a)).toBe(0);

  await a.row(bob.name).tap();
  await a.message("Are you on the train?").waitFor();
  expect(await a.list.isVisible()).toBe(false);
  expect(await sideways(a)).toBe(0);

  // On a phone Enter breaks the line; the button sends.
  await a.composer.fill("Yes,");
  await a.composer.press("Enter");
  await a.composer.pressSequentially("since noon.");
  await a.page.getByRole("button", { name: "Send" }).tap();
  await a.mark("Yes,\nsince noon.", "Sent").waitFor();

  await a.page.getByRole("button", { name: "Back to your conversations" }).tap();
  await a.row(bob.name).waitFor();
  expect(await a.composer.isVisible()).toBe(false);
  await a.row(bob.name).tap();
  await a.composer.waitFor();
  await a.page.goBack();
  await a.row(bob.name).waitFor();
  expect(await a.composer.isVisible()).toBe(false);
});

test("a desktop shows the list beside the conversation", async ({ device, person, server }) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  await say(server, bob, ann, ["Both in sight."]);
  const a = await (await device({ viewport: { width: 1280, height: 800 } })).signedIn(ann);
  await a.open(bob.name);
  const list = await a.list.boundingBox();
  const conversation = await a.conversation.boundingBox();
  if (!list || !conversation) throw new Error("One of the panes is not in view.");
  expect(list.x + list.width).toBeLessThanOrEqual(conversation.x);
  expect(await a.page.getByRole("button", { name: "Back to your conversations" }).count()).toBe(0);
  expect(await sideways(a)).toBe(0);
});

test("light and dark follow the system unless chosen", async ({ device, person }) => {
  const a = await (await device({ colorScheme: "light" })).signedIn(await person("ann"));
  await expect.poll(() => brightness(a)).toBeGreaterThan(0.8);
  await a.page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(() => brightness(a)).toBeLessThan(0.2);

  await a.openSettings();
  await a.page.getByRole("group", { name: "Theme" }).getByText("Light").click();
  await expect.poll(() => brightness(a)).toBeGreaterThan(0.8);
  await a.page.reload();
  await a.page.getByRole("heading", { name: "Settings" }).waitFor();
  await expect.poll(() => brightness(a)).toBeGreaterThan(0.8);
});

test("signing in needs no scrolling", async ({ device }) => {
  for (const viewport of [phone.viewport, { width: 1280, height: 720 }]) {
    const { page } = await (await device({ viewport })).tab();
    const lowest = await page.getByRole("button", { name: "日本語" }).boundingBox();
    if (!lowest) throw new Error("The languages are not shown.");
    expect(lowest.y + lowest.height).toBeLessThanOrEqual(viewport.height);
  }
});

/** How many pixels the page is wider than its window. */
function sideways({ page }: App): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

/** How bright the page's ground is, from 0 to 1. */
function brightness({ page }: App): Promise<number> {
  return page.evaluate(() => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d");
    if (!canvas) return NaN;
    canvas.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
    canvas.fillRect(0, 0, 1, 1);
    const [r = 0, g = 0, b = 0] = canvas.getImageData(0, 0, 1, 1).data;
    return (r + g + b) / 3 / 255;
  });
}
