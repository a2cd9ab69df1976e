import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { App, PASSWORD } from "../../support/app.ts";
import { Server } from "../../support/server.ts";
import { expect, testWith } from "../../support/test.ts";

const test = testWith(() => Server.start(["--rate-limits", "off"]));

test("while the server is down one reads and writes, and each message arrives once", async ({
  device,
  person,
  server,
}) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  const annsDevice = await device();
  const a = await annsDevice.signedIn(ann);
  await a.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await a.start(bob.name);
  await a.send("Before it went.");
  await a.mark("Before it went.", "Sent").waitFor();

  await server.kill();
  const texts = ["First of three.", "Second of three.", "Third of three."];
  for (const text of texts) await a.send(text);
  await a.mark("Third of three.", "Sending").waitFor();
  await a.page.reload();
  await a.mark("Third of three.", "Sending").waitFor();
  expect((await a.texts()).slice(-3)).toEqual(texts);

  await server.start();
  for (const text of texts) await a.mark(text, "Sent").waitFor();
  const b = await (await device()).signedIn(bob);
  await b.open(ann.name);
  await b.message("Third of three.").waitFor();
  expect(await b.texts()).toEqual(["Before it went.", ...texts]);
});

test("a new version waits until one wants it", async ({ browser, person, server }) => {
  // What stands between the page and the server puts a newer version in the server's place.
  let version = 1;
  const between = createServer((incoming, outgoing) => {
    // Neither the origin nor what the browser holds already is the server's.
    const { origin: _, "if-none-match": __, ...headers } = incoming.headers;
    const onward = {
      method: incoming.method,
      headers: { ...headers, host: new URL(server.url).host },
    };
    incoming.pipe(
      request(server.url + (incoming.url ?? ""), onward, (answer) => {
        const newer = incoming.url === "/sw.js" && version > 1;
        if (newer) delete answer.headers["content-length"];
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.on("data", (part) => outgoing.write(part));
        answer.on("end", () => outgoing.end(newer ? `// ${version}` : undefined));
      }),
    );
  });
  await new Promise<void>((listening) => between.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${(between.address() as AddressInfo).port}/`;
  const context = await browser.newContext({ locale: "en-US" });
  try {
    const page = await context.newPage();
    await page.goto(url);
    const a = new App(page);
    await a.signIn((await person("ann")).name, PASSWORD);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await page.reload();
    await a.list.waitFor();
    await page.evaluate(() => Object.assign(globalThis, { same: true }));

    version = 2;
    await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
    const line = page.getByRole("status").filter({ hasText: "A new version is here." });
    await line.waitFor();
    expect(await page.evaluate(() => "same" in globalThis)).toBe(true);
    await Promise.all([page.waitForEvent("load"), line.getByRole("button").click()]);
    await a.list.waitFor();
    expect(await page.evaluate(() => "same" in globalThis)).toBe(false);
    expect(await line.count()).toBe(0);
  } finally {
    await context.close();
    between.closeAllConnections();
    between.close();
  }
});
