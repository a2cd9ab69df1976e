import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { BrowserContextOptions } from "playwright-core";
import { type Device, test } from "./support/test.ts";
import { type Account, say, signUp } from "./support/wire.ts";

const PICTURES = resolve(import.meta.dirname, "..", "..", "docs", "pictures");

const desk: BrowserContextOptions = {
  viewport: { width: 1280, height: 800 },
  colorScheme: "light",
};
const hand: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  colorScheme: "dark",
  isMobile: true,
  hasTouch: true,
};

test("the pictures of the README", async ({ device, server }) => {
  const [mio, haru, nana, sora, ren] = await Promise.all(
    ["Mio", "Haru", "Nana", "Sora", "Ren"].map((name) => signUp(server, name)),
  );
  if (!mio || !haru || !nana || !sora || !ren) throw new Error("Somebody is missing.");
  const said: [from: Account, to: Account, ...string[]][] = [
    [nana, mio, "The recipe is in your letterbox."],
    [sora, mio, "Sunday at ten, then.", "I'll bring the thermos."],
    [ren, mio, "Did the book arrive?", "No hurry, I have another one to read."],
    [haru, mio, "The weather is turning. Shall we walk on Saturday?"],
    [mio, haru, "Yes! Along the river again, or up to the old observatory?"],
    [haru, mio, "The observatory. Last time we could see the sea from there."],
    [mio, haru, "Then let's leave early. Where do we meet?"],
    [haru, mio, "At the bridge by the mill, half past eight."],
    [haru, mio, "Here is a map: https://example.org/mill-bridge"],
    [mio, haru, "Perfect.", "I'll bring rice balls, you bring tea?"],
    [haru, mio, "Tea, and the good oranges."],
  ];
  for (const [from, to, ...texts] of said) await say(server, from, to, texts);

  const wide = await dressed(await device({ ...desk, ...evening() }), mio);
  const narrow = await dressed(await device({ ...hand, ...evening() }), haru);
  await narrow.open("Mio");
  for (const name of ["Haru", "Sora", "Haru"]) {
    await wide.open(name);
    await wide.page.getByRole("region", { name: `Conversation with ${name}` }).waitFor();
  }
  await wide.presence("Online").waitFor();
  await wide.send("See you on Saturday!");
  await wide.mark("See you on Saturday!", "Read").waitFor();
  await mkdir(PICTURES, { recursive: true });
  await wide.page.screenshot({ path: join(PICTURES, "desktop.png") });

  await narrow.page.goBack();
  await narrow.open("Mio");
  await narrow.message("See you on Saturday!").waitFor();
  await wide.composer.pressSequentially("And bring a coat");
  await narrow.presence("Typing…").waitFor();
  await narrow.page.screenshot({ path: join(PICTURES, "phone.png") });
});

/** Opens the application in a typeface that looks the same wherever the pictures are made. */
async function dressed(device: Device, who: Account) {
  await device.context.addInitScript(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`:root { --font: "Noto Sans CJK JP", "Noto Sans JP", sans-serif }`);
    document.adoptedStyleSheets.push(sheet);
  });
  return device.signedIn(who);
}

/** A place on earth where it is evening now. */
function evening(): BrowserContextOptions {
  const east = 19 - new Date().getUTCHours();
  const offset = east > 14 ? east - 24 : east;
  // These names count to the west.
  return { locale: "en-GB", timezoneId: `Etc/GMT${offset > 0 ? "-" : "+"}${Math.abs(offset)}` };
}
