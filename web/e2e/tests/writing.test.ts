import { expect, test } from "../support/test.ts";

test("somebody is mentioned by a few letters", async ({ device, person }) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  const a = await (await device()).signedIn(ann);
  await a.start(bob.name);
  await a.composer.pressSequentially(`Look, @${bob.name.slice(0, 4)}`);
  await a.page.getByRole("option", { name: bob.name }).waitFor();
  await a.page.keyboard.press("Enter");
  await a.page.keyboard.type("here!");
  await a.page.keyboard.press("Enter");
  const b = await (await device()).signedIn(bob);
  await b.open(ann.name);
  const mention = b.log.getByText(`@${bob.name}`, { exact: true });
  await mention.waitFor();
  expect(await mention.getAttribute("data-self")).toBe("true");
});

test("an emoji is found by a word, and reacted and written with", async ({ device, person }) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  const a = await (await device()).signedIn(ann);
  await a.start(bob.name);
  await a.send("Dinner?");
  const b = await (await device()).signedIn(bob);
  await b.open(ann.name);
  await b.message("Dinner?").hover();
  await b.log.getByRole("button", { name: "Message options" }).click();
  await b.page.getByRole("button", { name: "Other emoji" }).click();
  const search = b.page.getByRole("searchbox", { name: "Search emoji" });
  // Either language finds it.
  await search.fill("ラーメン");
  await b.page.getByRole("gridcell", { name: "steaming bowl" }).click();
  await a.log.getByRole("listitem").getByText("🍜 1").waitFor();

  await b.conversation.getByRole("button", { name: "Emoji" }).click();
  await search.fill("steaming bowl");
  await expect.poll(() => b.page.getByRole("gridcell").count()).toBe(1);
  await b.page.keyboard.press("Enter");
  await b.page.keyboard.press("Escape");
  await expect.poll(() => b.composer.inputValue()).toBe("🍜");
  await b.page.keyboard.press("Enter");
  await a.message("🍜").waitFor();
});
