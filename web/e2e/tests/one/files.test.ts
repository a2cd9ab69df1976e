import { readFile } from "node:fs/promises";
import { describe } from "vitest";
import type { App } from "../../support/app.ts";
import { examine, examined } from "../../support/axe.ts";
import { png } from "../../support/picture.ts";
import { expect, test } from "../../support/test.ts";

const sunset = { name: "sunset.png", mimeType: "image/png", buffer: png(640, 400, [200, 90, 40]) };
const sea = { name: "sea.png", mimeType: "image/png", buffer: png(300, 300, [20, 90, 160]) };
const notes = { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("Bring a coat.\n") };
const drawing = {
  name: "map.svg",
  mimeType: "image/svg+xml",
  buffer: Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg"><script>document.title="x"</script></svg>',
  ),
};

function attach(app: App, files: (typeof notes)[]): Promise<void> {
  return app.conversation.locator("input[type=file]").setInputFiles(files);
}

/** Waits until a picture is drawn, and tells how wide it is. */
async function drawn(app: App, name: string): Promise<number> {
  const picture = app.log.getByRole("button", { name: `Open the picture ${name}` }).locator("img");
  await picture.waitFor();
  return picture.evaluate(async (image: HTMLImageElement) => {
    await image.decode();
    return image.naturalWidth;
  });
}

describe("files", () => {
  test("go from one to the other, and are saved as they were", async ({ device, person }) => {
    const [ann, bob] = [await person("ann"), await person("bob")];
    const a = await (await device()).signedIn(ann);
    await a.start(bob.name);
    await attach(a, [sunset, notes, drawing]);
    await a.send("From the walk.");
    await a.mark("From the walk.", "Sent").waitFor();

    const b = await (await device()).signedIn(bob);
    await b.open(ann.name);
    await b.message("From the walk.").waitFor();
    expect(await drawn(a, "sunset.png")).toBeGreaterThan(0);
    expect(await drawn(b, "sunset.png")).toBeGreaterThan(0);
    for (const { name, buffer } of [notes, drawing]) {
      const download = b.page.waitForEvent("download");
      await b.log.getByRole("button", { name: `Download ${name}` }).click();
      const saved = await download;
      expect(saved.suggestedFilename()).toBe(name);
      expect(await readFile(await saved.path())).toEqual(buffer);
    }
    expect(await b.page.title()).not.toBe("x");
  });

  test("that are pictures fill the page, and go with their message", async ({ device, person }) => {
    const [ann, bob] = [await person("ann"), await person("bob")];
    const a = await (await device()).signedIn(ann);
    await a.start(bob.name);
    await attach(a, [sunset, sea]);
    await a.conversation.getByRole("button", { name: "Send" }).click();
    const b = await (await device()).signedIn(bob);
    await b.row(ann.name).getByText("2 pictures").waitFor();
    await b.open(ann.name);
    await drawn(b, "sunset.png");

    const opener = b.log.getByRole("button", { name: "Open the picture sunset.png" });
    await opener.click();
    const viewer = b.page.getByRole("dialog", { name: "Pictures" });
    const shown = viewer.getByRole("img", { name: "Picture: sunset.png" });
    await expect.poll(() => shown.evaluate((one: HTMLImageElement) => one.naturalWidth)).toBe(640);
    await b.page.keyboard.press("ArrowRight");
    await viewer.getByText("2 of 2").waitFor();
    await viewer.getByRole("img", { name: "Picture: sea.png" }).waitFor();

    await a.log.getByRole("button", { name: "Message options" }).click();
    await a.page.getByRole("button", { name: "Delete" }).click();
    await a.page.getByRole("button", { name: "Delete" }).click();
    // Nobody looks on at what is deleted.
    await viewer.waitFor({ state: "detached" });
    await b.message("This message was deleted.").waitFor();
    expect(await b.log.locator("img").count()).toBe(0);
  });

  test("give the focus back where it was", async ({ device, person }) => {
    const [ann, bob] = [await person("ann"), await person("bob")];
    const a = await (await device()).signedIn(ann);
    await a.start(bob.name);
    await attach(a, [sunset]);
    await a.conversation.getByRole("button", { name: "Send" }).click();
    await drawn(a, "sunset.png");
    const opener = a.log.getByRole("button", { name: "Open the picture sunset.png" });
    await opener.focus();
    await a.page.keyboard.press("Enter");
    await a.page.getByRole("dialog", { name: "Pictures" }).waitFor();
    await a.page.keyboard.press("Escape");
    await expect
      .poll(() => opener.evaluate((element) => element === document.activeElement))
      .toBe(true);
  });

  test("wait for a network, and go out once there is one", async ({ device, person }) => {
    const [ann, bob] = [await person("ann"), await person("bob")];
    const annsDevice = await device();
    const a = await annsDevice.signedIn(ann);
    await a.start(bob.name);
    await a.send("Wait for it.");
    await a.mark("Wait for it.", "Sent").waitFor();
    await annsDevice.context.setOffline(true);
    await a.connectionLine(/offline/).waitFor();
    await attach(a, [notes]);
    await a.page.getByText(/Keep this page open/).waitFor();
    await a.conversation.getByRole("button", { name: "Send" }).click();
    await a.page.getByText("Goes out when its files are up").waitFor();
    await annsDevice.context.setOffline(false);
    await a.log.getByRole("button", { name: "Download notes.txt" }).waitFor();
    expect(await a.log.getByRole("button", { name: /^Download/ }).count()).toBe(1);
  });
});

describe.for([
  ["light, on a desktop", { ...examined, colorScheme: "light" as const }],
  [
    "dark, on a phone",
    {
      ...examined,
      colorScheme: "dark" as const,
      viewport: { width: 390, height: 844 },
      isMobile: true,
      hasTouch: true,
    },
  ],
] as const)("axe finds nothing, %s", ([, options]) => {
  test("where files, emoji and mentions are", async ({ device, person }) => {
    const [ann, bob] = [await person("ann"), await person("bob")];
    const a = await (await device(options)).signedIn(ann);
    await a.start(bob.name);
    await attach(a, [sunset, notes]);
    await a.page.getByRole("list", { name: "Attached files" }).waitFor();
    await examine(a.page);
    await a.send("**Look** at `this`");
    await drawn(a, "sunset.png");
    await examine(a.page);
    await a.log.getByRole("button", { name: "Open the picture sunset.png" }).click();
    await a.page.getByRole("img", { name: "Picture: sunset.png" }).waitFor();
    await examine(a.page);
    await a.page.keyboard.press("Escape");
    await a.composer.fill("");
    await a.composer.pressSequentially("@");
    await a.page.getByRole("option", { name: bob.name }).waitFor();
    await examine(a.page);
    await a.page.keyboard.press("Escape");
    await a.conversation.getByRole("button", { name: "Emoji" }).click();
    await a.page.getByRole("gridcell").first().waitFor({ state: "attached" });
    await a.page.getByText("Smileys and feelings").waitFor();
    await examine(a.page);
  });
});
