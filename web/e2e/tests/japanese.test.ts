import type { Page } from "playwright-core";
import { PASSWORD } from "../support/app.ts";
import { expect, test } from "../support/test.ts";
import { say } from "../support/wire.ts";

test("an Enter that ends a composition does not send", async ({ device, person }) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  const a = await (await device()).signedIn(ann);
  const b = await (await device()).signedIn(bob);
  await a.start(bob.name);
  await b.start(ann.name);

  await a.composer.focus();
  const input = await inputMethod(a.page);
  await input.compose("きょうは");
  await input.enter();
  await input.commit("今日は");
  await input.compose("いいてんき");
  await input.enter();
  await input.commit("いい天気");
  expect(await a.composer.inputValue()).toBe("今日はいい天気");
  expect(await a.log.count()).toBe(0);

  await a.composer.press("Enter");
  await b.message("今日はいい天気").waitFor();
  expect(await a.composer.inputValue()).toBe("");
});

test("a browser in Japanese gets the application in Japanese", async ({
  device,
  person,
  server,
}) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  await say(server, bob, ann, ["散歩に行きませんか？"]);
  const { page } = await (await device({ locale: "ja-JP" })).tab();
  await page.getByRole("heading", { name: "おかえりなさい" }).waitFor();
  expect(await page.getAttribute("html", "lang")).toBe("ja");
  await page.getByLabel("名前", { exact: true }).fill(ann.name);
  await page.getByLabel("パスワード", { exact: true }).fill(PASSWORD);
  await page.locator("form").getByRole("button", { name: "サインイン" }).click();
  const list = page.getByRole("navigation", { name: "会話の一覧" });
  await list.getByText("未読メッセージ1件").waitFor();
  await list.getByRole("link", { name: new RegExp(`^${bob.name}`) }).click();
  await page.getByRole("textbox", { name: `${bob.name}さんへのメッセージ` }).waitFor();
  await page.getByRole("log").getByText("散歩に行きませんか？").waitFor();
});

test("the language is the reader's choice, and stays", async ({ device, person }) => {
  const { page } = await (await device()).tab();
  await page.getByRole("heading", { name: "Welcome back" }).waitFor();
  await page.getByRole("button", { name: "日本語" }).click();
  await page.getByRole("heading", { name: "おかえりなさい" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "おかえりなさい" }).waitFor();

  const a = await (await device()).signedIn(await person("ann"));
  await a.openSettings();
  await a.page.getByRole("group", { name: "Language" }).getByText("日本語").click();
  await a.page.getByRole("heading", { name: "設定" }).waitFor();
});

/** Types as an input method does. */
async function inputMethod(page: Page) {
  const session = await page.context().newCDPSession(page);
  // While it composes, every key is its own: browsers give such presses this code.
  const key = { key: "Enter", code: "Enter", windowsVirtualKeyCode: 229 };
  return {
    compose: (text: string) =>
      session.send("Input.imeSetComposition", {
        text,
        selectionStart: text.length,
        selectionEnd: text.length,
      }),
    enter: async () => {
      await session.send("Input.dispatchKeyEvent", { type: "rawKeyDown", ...key });
      await session.send("Input.dispatchKeyEvent", { type: "keyUp", ...key });
    },
    commit: (text: string) => session.send("Input.insertText", { text }),
  };
}
