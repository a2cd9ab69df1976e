import { expect } from "vitest";
import { between, clientTestWith, texts, until } from "../../support/clients.ts";
import { Server } from "../../support/server.ts";
import { testWith } from "../../support/test.ts";

const start = (): Promise<Server> => Server.start(["--rate-limits", "off"]);
const test = testWith(start);
const clientTest = clientTestWith(start);

test("a server that is killed and comes back loses nothing", async ({ device, person, server }) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  const a = await (await device()).signedIn(ann);
  const b = await (await device()).signedIn(bob);
  await a.start(bob.name);
  await b.start(ann.name);
  await a.send("One.");
  await a.mark("One.", "Read").waitFor();

  await server.kill();
  await a.send("Two.");
  await b.send("Three.");
  await a.connectionLine(/^No connection\./).waitFor();
  await a.mark("Two.", "Sending").waitFor();

  await server.start();
  // The page may try by itself first, and then has no button to click.
  await a.page.evaluate(() => dispatchEvent(new Event("online")));
  await a.mark("Two.", "Read").waitFor();
  await b.mark("Three.", "Read").waitFor();
  expect((await a.texts()).sort()).toEqual(["One.", "Three.", "Two."]);
  expect(await b.texts()).toEqual(await a.texts());

  const again = await (await device()).signedIn(ann);
  await again.open(bob.name);
  await again.message("Three.").waitFor();
  expect(await again.texts()).toEqual(await a.texts());
});

clientTest("a server that restarts is found again by itself", async ({ join, server }) => {
  const [ann, bob] = [await join("ann"), await join("bob")];
  const [a, b] = await between(ann.client, bob.client);
  await server.kill();
  a.send("written meanwhile");
  await server.start();
  await until(b, ({ messages }) => messages.length === 1);
  expect(texts(b)).toEqual(["written meanwhile"]);
});
