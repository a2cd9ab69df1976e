import type { Page } from "playwright-core";
import { expect, test } from "../support/test.ts";

test("somebody is online from the first tab to the last", async ({ device, person }) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  const a = await (await device()).tab();
  const told = presenceTold(a.page);
  await a.signIn(ann.name);
  await a.start(bob.name);
  await a.presence("Offline").waitFor();

  const bobsDevice = await device();
  const first = await bobsDevice.signedIn(bob);
  await a.presence("Online").waitFor();
  const second = await bobsDevice.signedIn(bob);
  await second.start(ann.name);
  await second.presence("Online").waitFor();

  told.length = 0;
  await first.page.close();
  await second.send("Still here.");
  await a.message("Still here.").waitFor();
  expect(told).toEqual([]);
  await second.page.close();
  await a.presence("Last seen just now").waitFor();
  expect(told).toEqual(["0"]);

  await bobsDevice.signedIn(bob);
  await a.presence("Online").waitFor();
});

/** What the server tells a page of other people's presence, in order. */
function presenceTold(page: Page): string[] {
  const told: string[] = [];
  page.on("websocket", (socket) => {
    socket.on("framereceived", ({ payload }) => {
      const frame = JSON.parse(payload.toString()) as { action: string; value: string };
      if (frame.action === "ISONLINE") told.push(frame.value);
    });
  });
  return told;
}
