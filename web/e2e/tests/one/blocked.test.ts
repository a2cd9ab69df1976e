import { Proxy } from "../../support/proxy.ts";
import { Server } from "../../support/server.ts";
import { expect, testWith } from "../../support/test.ts";

const test = testWith(() => Server.start(["--rate-limits", "off"])).extend(
  "proxy",
  async ({}, { onCleanup }) => {
    const proxy = await Proxy.open();
    onCleanup(() => proxy.close());
    return proxy;
  },
);

test("people chat where a proxy lets no socket through", async ({ device, person, proxy }) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  const behind = await device({ proxy: { server: proxy.url } });
  const a = await behind.signedIn(ann);
  const b = await (await device()).signedIn(bob);
  await a.start(bob.name);
  await b.start(ann.name);
  await a.presence("Online").waitFor();
  await b.presence("Online").waitFor();
  expect(proxy.refused).toBeGreaterThanOrEqual(3);

  await a.send("Can you read this?");
  await a.mark("Can you read this?", "Read").waitFor();
  await b.message("Can you read this?").waitFor();
  await b.send("Every word.");
  await a.message("Every word.").waitFor();
  await b.mark("Every word.", "Read").waitFor();
  await b.composer.pressSequentially("And there is m");
  await a.presence("Typing…").waitFor();
  await a.composer.pressSequentially("Is th");
  await b.presence("Typing…").waitFor();
  expect(await a.texts()).toEqual(await b.texts());
  expect(await a.connectionLine(/./).filter({ visible: true }).count()).toBe(0);

  await b.page.close();
  await a.presence("Last seen just now").waitFor();
  const c = await (await device()).signedIn(bob);
  await a.presence("Online").waitFor();
  await c.start(ann.name);
  await a.page.close();
  await c.presence("Last seen just now").waitFor();
});

test("a page that polls takes a socket when one opens", async ({ device, person, proxy }) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  const behind = await device({ proxy: { server: proxy.url } });
  // It is some time until a page tries again.
  await behind.context.clock.install();
  let heard = 0;
  behind.context.on("page", (page) => {
    page.on("websocket", (socket) => {
      socket.on("framereceived", () => (heard += 1));
    });
  });
  const a = await behind.signedIn(ann);
  const b = await (await device()).signedIn(bob);
  await a.start(bob.name);
  await b.start(ann.name);
  await b.presence("Online").waitFor();
  await a.send("One.");
  await b.message("One.").waitFor();
  expect(heard).toBe(0);

  proxy.lenient = true;
  await a.page.clock.fastForward("02:00");
  await expect.poll(() => heard).toBeGreaterThan(0);
  await b.send("Two.");
  await a.message("Two.").waitFor();
  await a.send("Three.");
  await b.message("Three.").waitFor();
  expect(await a.texts()).toEqual(["One.", "Two.", "Three."]);
});
