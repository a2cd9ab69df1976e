import type { App } from "../support/app.ts";
import { examine, examined } from "../support/axe.ts";
import { expect, test } from "../support/test.ts";
import { say } from "../support/wire.ts";

test("what was said long ago is found, and one comes back", async ({ device, person, server }) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  const lines = Array.from({ length: 300 }, (_, i) => `Line ${i + 1} of many.`);
  lines[19] = "The heron stood at the weir.";
  lines[39] = "昨日は駅で白鷺を見ました。";
  await say(server, bob, ann, lines);
  const a = await (await device(examined)).signedIn(ann);
  await a.open(bob.name);
  await a.message("Line 300 of many.").waitFor();
  await a.log.hover();
  await a.page.mouse.wheel(0, -1_000);
  await a.page.getByRole("button", { name: "Jump to the newest message" }).waitFor();
  await a.page.evaluate(() => new Promise(requestAnimationFrame));
  const place = await topmost(a);
  expect(place).toBeGreaterThan(200);

  await a.page.keyboard.press("Control+k");
  await a.page.keyboard.type("heron");
  const found = a.list.getByRole("region", { name: "Messages" });
  const hit = found.getByRole("link").filter({ hasText: "The heron stood" });
  await hit.locator("mark").getByText("heron", { exact: true }).waitFor();
  await examine(a.page);
  await hit.click();
  await a.message("The heron stood at the weir.").waitFor();
  await expect.poll(() => a.message("The heron stood at the weir.").isVisible()).toBe(true);
  expect(a.page.url()).toContain("#m=20");
  await examine(a.page);

  await a.page.goBack();
  await expect.poll(() => topmost(a)).toBe(place);

  await a.page.keyboard.press("Control+f");
  const bar = a.page.getByRole("search");
  await bar.getByRole("searchbox").fill("白鷺");
  await bar.getByRole("link").first().waitFor();
  await examine(a.page);
  await a.page.keyboard.press("Enter");
  await a.message("昨日は駅で白鷺を見ました。").waitFor();
  await bar.getByText("1 of 1").waitFor();
  await bar.getByRole("searchbox").fill("zebra");
  await bar.getByText("No message has these words.").waitFor();
  await a.page.keyboard.press("Escape");
  await bar.waitFor({ state: "detached" });
  await a.page.getByRole("button", { name: "Jump to the newest message" }).click();
  await a.message("Line 300 of many.").waitFor();
});

/** The place of the first message that is in view. */
function topmost({ log }: App): Promise<number> {
  return log.evaluate((element) => {
    const { top } = element.getBoundingClientRect();
    const rows = [...element.querySelectorAll<HTMLElement>("[data-seq]")];
    const first = rows.find((row) => row.getBoundingClientRect().bottom > top);
    return Number(first?.dataset.seq ?? 0);
  });
}
