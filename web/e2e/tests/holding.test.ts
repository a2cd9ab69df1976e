import type { Page, WebSocket } from "playwright-core";
import type { App } from "../support/app.ts";
import { configure } from "../support/config.ts";
import { type Device, expect, test } from "../support/test.ts";
import type { Account } from "../support/wire.ts";

test("a connection is replaced, and nobody sees it go", async ({ device, person, server }) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  const annsDevice = await device();
  await configure(annsDevice.context, server, { renewAfterSeconds: 2 });
  const { app: a, sockets } = await opened(annsDevice, ann);
  await a.start(bob.name);
  const { app: b, told } = await opened(await device(), bob);
  await b.start(ann.name);
  await b.presence("Online").waitFor();
  told.length = 0;

  let said = 0;
  while (sockets.filter((socket) => socket.isClosed()).length < 1) {
    const text = `Number ${++said}.`;
    await a.send(text);
    await b.message(text).waitFor();
    await b.send(`Heard ${said}.`);
    await a.message(`Heard ${said}.`).waitFor();
  }
  expect(told).toEqual([]);
  // The list holds no more than what is near.
  const all = Array.from({ length: said }, (_, i) => [`Number ${i + 1}.`, `Heard ${i + 1}.`]);
  for (const app of [a, b]) {
    await expect.poll(async () => (await app.texts()).slice(-8)).toEqual(all.flat().slice(-8));
  }
});

test("a page out of sight lets go, and comes back missing nothing", async ({
  device,
  person,
  server,
}) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  const annsDevice = await device();
  await configure(annsDevice.context, server, { idleReleaseSeconds: 1 });
  const { app: a, sockets } = await opened(annsDevice, ann);
  await a.start(bob.name);
  const { app: b } = await opened(await device(), bob);
  await b.start(ann.name);
  await b.presence("Online").waitFor();

  await look(a.page, "hidden");
  await b.presence("Last seen just now").waitFor();
  expect(sockets.map((socket) => socket.isClosed())).toEqual([true]);
  await b.send("Where are you?");
  await b.mark("Where are you?", "Sent").waitFor();
  await look(a.page, "visible");
  await a.message("Where are you?").waitFor();
  await b.presence("Online").waitFor();
  expect(sockets).toHaveLength(2);
});

/** The application of somebody, the sockets that it opens, and what it is told of others' presence. */
async function opened(
  device: Device,
  { name }: Account,
): Promise<{ app: App; sockets: WebSocket[]; told: string[] }> {
  const sockets: WebSocket[] = [];
  const told: string[] = [];
  const app = await device.tab();
  app.page.on("websocket", (socket) => {
    sockets.push(socket);
    socket.on("framereceived", ({ payload }) => {
      const { action, value } = JSON.parse(payload.toString()) as Record<string, string>;
      if (action === "ISONLINE") told.push(value ?? "");
    });
  });
  await app.signIn(name);
  return { app, sockets, told };
}

/** Goes to another tab, or comes back, as the page sees it. */
async function look(page: Page, state: DocumentVisibilityState): Promise<void> {
  await page.evaluate((state) => {
    Object.defineProperty(document, "visibilityState", { configurable: true, value: state });
    document.dispatchEvent(new Event("visibilitychange"));
  }, state);
}
