import { expect, test } from "../support/test.ts";

test("scripts see neither the refresh token nor any other", async ({ device, person }) => {
  const annsDevice = await device();
  const { page } = await annsDevice.signedIn(await person("ann"));
  expect(await annsDevice.context.cookies()).toMatchObject([
    { name: "aizuchi_refresh", httpOnly: true, sameSite: "Strict", path: "/api/auth" },
  ]);
  expect(await page.evaluate(() => document.cookie)).toBe("");
  const kept = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]));
  expect(kept).not.toContain("eyJ");
});

test("no script runs that is not the application's", async ({ complaints, device }) => {
  const { page } = await (await device()).tab();
  await page.getByRole("heading", { name: "Welcome back" }).waitFor();
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "document.title = 'taken over'";
    document.body.append(script);
  });
  // The browser's own words, and what the page's listener heard.
  await expect.poll(() => complaints.length).toBe(2);
  expect(complaints.splice(0).join("\n")).toContain("script-src-elem forbids inline");
  expect(await page.title()).toBe("Aizuchi");
});

test("signing out in one tab ends the other", async ({ device, person }) => {
  const annsDevice = await device();
  const ann = await person("ann");
  const first = await annsDevice.signedIn(ann);
  const second = await annsDevice.tab();
  await second.list.waitFor();
  const elsewhere = await (await device()).signedIn(ann);
  await first.signOut();
  await second.page.getByText("You have been signed out.").waitFor();
  await second.page.reload();
  await second.page.getByRole("heading", { name: "Welcome back" }).waitFor();
  await elsewhere.page.reload();
  await elsewhere.list.waitFor();
});
