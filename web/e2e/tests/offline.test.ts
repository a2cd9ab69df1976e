import { expect, test } from "../support/test.ts";

test("what is written offline is sent once, on return", async ({ device, person }) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  const annsDevice = await device();
  const a = await annsDevice.signedIn(ann);
  const b = await (await device()).signedIn(bob);
  await a.start(bob.name);
  await b.start(ann.name);
  await a.send("Before the tunnel.");
  await b.message("Before the tunnel.").waitFor();

  const another = a.page.waitForEvent("websocket");
  await annsDevice.context.setOffline(true);
  await a.send("In the tunnel.");
  await a.mark("In the tunnel.", "Sending").waitFor();
  await a.connectionLine(/^You are offline\./).waitFor();
  await b.send("Are you there?");
  await b.mark("Are you there?", "Sent").waitFor();
  // The network says nothing: it is by the silence that the page gives its socket up and tries another.
  await another;

  await annsDevice.context.setOffline(false);
  await a.mark("In the tunnel.", "Read").waitFor();
  await a.connectionLine(/offline/).waitFor({ state: "detached" });
  await a.message("Are you there?").waitFor();
  const said = ["Before the tunnel.", "Are you there?", "In the tunnel."];
  expect(await a.texts()).toEqual(said);
  expect(await b.texts()).toEqual(said);
});

test("a message that waits outlives the page", async ({ device, person }) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  const annsDevice = await device();
  const a = await annsDevice.signedIn(ann);
  await a.start(bob.name);
  await annsDevice.context.setOffline(true);
  await a.send("From a page that was closed.");
  await a.mark("From a page that was closed.", "Sending").waitFor();
  await a.page.close();
  await annsDevice.context.setOffline(false);

  const later = await annsDevice.tab();
  await later.open(bob.name);
  await later.mark("From a page that was closed.", "Sent").waitFor();
  const b = await (await device()).signedIn(bob);
  await b.open(ann.name);
  await b.message("From a page that was closed.").waitFor();
  expect(await b.texts()).toEqual(["From a page that was closed."]);
});
