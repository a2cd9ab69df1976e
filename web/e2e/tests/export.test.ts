import { readFile } from "node:fs/promises";
import type { App } from "../support/app.ts";
import { expect, test } from "../support/test.ts";
import { say } from "../support/wire.ts";

interface Line {
  readonly profile?: { readonly username: string };
  readonly entry?: { readonly message: string };
  readonly end?: boolean;
}

function lines(text: string): Line[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}

test("what is one's own is downloaded as a file", async ({ device, person, server }) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  await say(server, ann, bob, ["It is all here."]);
  const place = await device();
  // As in the browsers that let no page choose a file.
  await place.context.addInitScript(() => {
    Reflect.deleteProperty(globalThis, "showSaveFilePicker");
  });
  const a = await place.signedIn(ann);
  await a.openSettings();
  const [download] = await Promise.all([a.page.waitForEvent("download"), press(a)]);
  expect(download.suggestedFilename()).toMatch(/^aizuchi-\d{4}-\d\d-\d\d\.ndjson$/);
  const told = lines(await readFile(await download.path(), "utf8"));
  expect(told[0]?.profile?.username).toBe(ann.name);
  expect(told.map(({ entry }) => entry?.message)).toContain("It is all here.");
  expect(told.at(-1)?.end).toBe(true);
  await a.page.getByText("Done: 1 kB.").waitFor();
});

test("an export goes to the file that one chooses", async ({ device, person }) => {
  const ann = await person("ann");
  const place = await device();
  // A dialog of the browser's own cannot be answered here: a file of the page's takes its place.
  await place.context.addInitScript(() => {
    const choose = async (): Promise<FileSystemFileHandle> =>
      (await navigator.storage.getDirectory()).getFileHandle("chosen", { create: true });
    Object.assign(globalThis, { showSaveFilePicker: choose });
  });
  const a = await place.signedIn(ann);
  await a.openSettings();
  await press(a);
  await a.page.getByText("Done: 1 kB.").waitFor();
  const text = await a.page.evaluate(async () => {
    const file = await (await navigator.storage.getDirectory()).getFileHandle("chosen");
    return (await file.getFile()).text();
  });
  expect(lines(text)[0]?.profile?.username).toBe(ann.name);
  expect(lines(text).at(-1)?.end).toBe(true);
});

async function press({ page }: App): Promise<void> {
  await page.getByRole("button", { name: "Export" }).click();
}
