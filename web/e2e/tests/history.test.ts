import type { BrowserContext, Locator } from "playwright-core";
import { expect, test } from "../support/test.ts";
import { say } from "../support/wire.ts";

test("history is there after signing out, and on a second device", async ({ device, person }) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  const laptop = await (await device()).signedIn(ann);
  await laptop.start(bob.name);
  await laptop.send("Keep this for me.");
  await laptop.mark("Keep this for me.", "Sent").waitFor();
  await laptop.signOut();
  await laptop.signIn(ann.name);
  await laptop.open(bob.name);
  await laptop.message("Keep this for me.").waitFor();

  const phone = await (await device()).tab();
  await phone.signIn(ann.name);
  await phone.open(bob.name);
  await phone.message("Keep this for me.").waitFor();

  // What one device sends, the other shows.
  await phone.send("And this.");
  await laptop.message("And this.").waitFor();
});

test("older history comes in above without moving what is read", async ({
  device,
  person,
  server,
}) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  const texts = Array.from({ length: 300 }, (_, i) => `Message number ${i + 1}`);
  await say(server, ann, bob, texts);

  const annsDevice = await device();
  const pages = await holdPages(annsDevice.context);
  const a = await annsDevice.signedIn(ann);
  await a.open(bob.name);
  await a.message("Message number 300").waitFor();

  pages.hold();
  await a.log.hover();
  await expect
    .poll(async () => {
      await a.page.mouse.wheel(0, -200);
      return pages.held();
    })
    .toBe(1);
  const [anchor, before] = await inTheMiddle(a.log);
  const height = await a.log.evaluate((log) => log.scrollHeight);
  pages.release();
  await expect.poll(() => a.log.evaluate((log) => log.scrollHeight)).toBeGreaterThan(height);
  expect(Math.abs((await topOf(a.message(anchor))) - before)).toBeLessThan(2);

  await expect
    .poll(async () => {
      await a.log.press("Home");
      return a.message("Message number 1").isVisible();
    })
    .toBe(true);
  await a.log.getByText(`This is where your conversation with ${bob.name} begins.`).waitFor();
  await a.page.getByRole("button", { name: "Jump to the newest message" }).click();
  await a.message("Message number 300").waitFor();
});

/** Lets the pages of history that a device asks for wait on their way to it. */
async function holdPages(context: BrowserContext) {
  let waiting: (() => void)[] | undefined;
  await context.routeWebSocket(/[?&]level=1/, (page) => {
    const server = page.connectToServer();
    server.onMessage((message) => {
      const deliver = (): void => {
        page.send(message);
      };
      const { action } = JSON.parse(message.toString()) as { action: string };
      if (waiting && action === "GETMSG") waiting.push(deliver);
      else deliver();
    });
  });
  return {
    hold: () => {
      waiting = [];
    },
    held: () => waiting?.length ?? 0,
    release: () => {
      const late = waiting ?? [];
      waiting = undefined;
      for (const deliver of late) deliver();
    },
  };
}

/** A message in the middle of what is in view, and how far down it is. */
async function inTheMiddle(log: Locator): Promise<[text: string, top: number]> {
  const box = await log.boundingBox();
  if (!box) throw new Error("The log is not in view.");
  for (const message of await log.getByText(/^Message number \d+$/).all()) {
    const top = await topOf(message);
    if (top > box.y + box.height / 2) return [(await message.textContent()) ?? "", top];
  }
  throw new Error("No message is in view.");
}

async function topOf(message: Locator): Promise<number> {
  const box = await message.boundingBox();
  if (!box) throw new Error("The message is not in view.");
  return box.y;
}
