import { gzipSync } from "node:zlib";
import type { Page } from "playwright-core";
import { App } from "../support/app.ts";
import { examine, examined } from "../support/axe.ts";
import { type Device, expect, test } from "../support/test.ts";
import { type Account, say } from "../support/wire.ts";

/** What may have come of script, packed, before the first conversation shows, in bytes. */
const BUDGET = 200 * 1024;

/** Signs in, and returns once the page could open without a network. */
async function installed(device: Device, who: Account): Promise<App> {
  const app = await device.signedIn(who);
  await app.page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  return app;
}

/** Returns once what is seen is kept on the device too. */
async function kept(page: Page, text: string): Promise<void> {
  await expect
    .poll(() =>
      page.evaluate(async () => {
        const [found] = await indexedDB.databases();
        if (found?.name === undefined) return "";
        const request = indexedDB.open(found.name);
        const db = await new Promise<IDBDatabase>((done) => {
          request.onsuccess = () => {
            done(request.result);
          };
        });
        const windows = db.transaction("windows").objectStore("windows").getAll();
        await new Promise((done) => (windows.onsuccess = done));
        db.close();
        return JSON.stringify(windows.result);
      }),
    )
    .toContain(text);
}

test("without a network one reads and writes, and each message arrives once", async ({
  device,
  person,
  server,
}) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  await say(server, bob, ann, ["Are you on the train yet?"]);
  const annsDevice = await device(examined);
  const a = await installed(annsDevice, ann);
  await a.open(bob.name);
  await a.message("Are you on the train yet?").waitFor();
  await a.send("Just now.");
  await a.mark("Just now.", "Sent").waitFor();
  await kept(a.page, "Just now.");

  await annsDevice.context.setOffline(true);
  const texts = ["One from the tunnel.", "Two from the tunnel.", "Three from the tunnel."];
  for (const text of texts) {
    await a.send(text);
    await a.mark(text, "Sending").waitFor();
  }
  // Not even the page itself comes from the network now.
  await a.page.reload();
  for (const text of texts) await a.mark(text, "Sending").waitFor();
  const all = ["Are you on the train yet?", "Just now.", ...texts];
  expect(await a.texts()).toEqual(all);
  await a.connectionLine(/^You are offline\./).waitFor();
  await examine(a.page);

  // A page that was never open, in the place of the one that was.
  await a.page.close();
  const again = await annsDevice.tab();
  await again.row(bob.name).waitFor();
  await examine(again.page);
  await again.open(bob.name);
  await again.send("Four from the tunnel.");
  await again.mark("Four from the tunnel.", "Sending").waitFor();

  await annsDevice.context.setOffline(false);
  for (const text of texts) await again.mark(text, "Sent").waitFor();
  await again.mark("Four from the tunnel.", "Sent").waitFor();
  const b = await (await device()).signedIn(bob);
  await b.open(ann.name);
  await b.message("Four from the tunnel.").waitFor();
  expect(await b.texts()).toEqual([...all, "Four from the tunnel."]);
  expect(await again.texts()).toEqual([...all, "Four from the tunnel."]);
});

test("two tabs show what one wrote without a network, and it is sent once", async ({
  device,
  person,
}) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  const annsDevice = await device();
  const first = await installed(annsDevice, ann);
  await first.start(bob.name);
  await first.send("Before.");
  await first.mark("Before.", "Sent").waitFor();
  const second = await annsDevice.tab();
  await second.open(bob.name);
  await second.message("Before.").waitFor();

  await annsDevice.context.setOffline(true);
  await first.send("From the first tab.");
  await second.mark("From the first tab.", "Sending").waitFor();
  await second.send("From the second tab.");
  await first.mark("From the second tab.", "Sending").waitFor();
  await annsDevice.context.setOffline(false);
  const said = ["Before.", "From the first tab.", "From the second tab."];
  for (const tab of [first, second]) {
    for (const text of said) await tab.mark(text, "Sent").waitFor();
    expect(await tab.texts()).toEqual(said);
  }
  const b = await (await device()).signedIn(bob);
  await b.open(ann.name);
  await b.message("From the second tab.").waitFor();
  expect(await b.texts()).toEqual(said);
});

test("signing out leaves nothing on the device", async ({ device, person, server }) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  await say(server, bob, ann, ["For your eyes only."]);
  const annsDevice = await device();
  const first = await installed(annsDevice, ann);
  await first.open(bob.name);
  await first.message("For your eyes only.").waitFor();
  await kept(first.page, "For your eyes only.");
  const second = await annsDevice.tab();
  await second.row(bob.name).waitFor();
  // As parts of the application might that keep what is the person's.
  await first.page.evaluate(() => caches.open("files of a person"));

  await first.signOut();
  await second.page.getByText("You have been signed out.").waitFor();
  for (const { page } of [first, second]) {
    await expect.poll(() => page.evaluate(() => indexedDB.databases())).toEqual([]);
    expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
    expect(await page.evaluate(() => caches.keys())).toEqual([expect.stringMatching(/^shell-/)]);
  }
  await annsDevice.context.setOffline(true);
  await first.page.reload();
  await first.page.getByRole("button", { name: "Try again" }).waitFor();
  expect(await first.page.getByText("For your eyes only.").count()).toBe(0);
});

test("the application can be installed", async ({ device, person, server }) => {
  const { page } = await installed(await device(), await person("ann"));
  const cdp = await page.context().newCDPSession(page);
  const { errors, url } = (await cdp.send("Page.getAppManifest")) as {
    errors: unknown[];
    url: string;
  };
  expect([url, errors]).toEqual([`${server.url}/manifest.webmanifest`, []]);
  const { installabilityErrors } = await cdp.send("Page.getInstallabilityErrors");
  // A profile of a test is one in private, which nothing is installed in.
  expect(installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito")).toEqual([]);
  const worker = await page.evaluate(
    async () => (await navigator.serviceWorker.ready).active?.scriptURL,
  );
  expect(worker).toBe(`${server.url}/sw.js`);

  // Nothing of the server's but files is ever kept.
  const paths = await page.evaluate(async () => {
    const names = await caches.keys();
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return requests.flat().map(({ url }) => new URL(url).pathname);
  });
  expect(paths).toContain("/index.html");
  expect(paths.filter((path) => /^\/(api|auth|ws|config)/.test(path))).toEqual([]);
});

test("little script comes before the first conversation shows", async ({
  device,
  person,
  server,
}) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  await say(server, bob, ann, ["Short and quick."]);
  const annsDevice = await device();
  const scripts: Promise<Buffer>[] = [];
  annsDevice.context.on("response", (response) => {
    if (response.request().resourceType() === "script") scripts.push(response.body());
  });
  const a = await annsDevice.signedIn(ann);
  await a.open(bob.name);
  await a.message("Short and quick.").waitFor();
  const sizes = (await Promise.all(scripts)).map((script) => gzipSync(script).length);
  expect(sizes.length).toBeGreaterThan(1);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(BUDGET);
});
