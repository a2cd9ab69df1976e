import type { Page } from "playwright-core";
import { examine, examined } from "../support/axe.ts";
import { PASSWORD } from "../support/app.ts";
import { expect, test, unique } from "../support/test.ts";

const phone = {
  ...examined,
  viewport: { width: 390, height: 844 },
  isMobile: true,
  hasTouch: true,
  colorScheme: "dark" as const,
};

test("a room is made, ruled, left, and entered by a link", async ({ device, person }) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  const a = await (await device(examined)).signedIn(ann);
  const b = await (await device(phone)).signedIn(bob);
  await a.list.getByRole("button", { name: "New conversation" }).click();
  const start = a.page.getByRole("dialog", { name: "Start a conversation" });
  await start.getByLabel("Name of the room").fill("Walks");
  await start.getByLabel("Who else is in it").fill(bob.name);
  await start.getByRole("button", { name: "Make the room" }).click();
  await a.page.getByRole("heading", { name: "Walks" }).waitFor();
  await a.composer.fill("Who comes along?");
  await a.page.getByRole("button", { name: "Send" }).click();
  await b.row("Walks").click();
  await b.message("Who comes along?").waitFor();

  // Who has read it.
  await a.message("Who comes along?").hover();
  await a.log.getByRole("button", { name: "Message options" }).click();
  await a.page.getByRole("button", { name: "Who has read it" }).click();
  const readers = a.page.getByRole("region", { name: "Read by 1" });
  await readers.getByText(bob.name).waitFor();
  await examine(a.page);
  await a.page.keyboard.press("Escape");

  // Roles, and the owner who must stay.
  const details = await detailsOf(a.page, "Walks");
  await details.getByText(/^You are the only owner/).waitFor();
  expect(await details.getByLabel(`Role of ${ann.name}`).isDisabled()).toBe(true);
  await examine(a.page);
  await details.getByLabel(`Role of ${bob.name}`).selectOption("Admin");
  await b.log.getByText(`${ann.name} made ${bob.name} an admin`).waitFor();

  // A link, and somebody new who comes by it.
  await details.getByRole("button", { name: "Make a link" }).click();
  const link = (await details.getByText(/#join=/).textContent()) ?? "";
  await details.getByText(/^Expires in 7 days/).waitFor();
  await examine(a.page);
  const c = await (await device(phone)).tab(new URL(link).hash.replace(/^/, "/"));
  await c.page.getByText(/^You are invited to a room\./).waitFor();
  await examine(c.page);
  const name = unique("cat");
  await c.submit(name, PASSWORD, "Create account");
  const invitation = c.page.getByRole("dialog", { name: "You are invited to a room" });
  await invitation.getByText("Walks").waitFor();
  await invitation.getByText("2 members").waitFor();
  expect(c.page.url()).not.toContain("join");
  await examine(c.page);
  await invitation.getByRole("button", { name: "Join" }).click();
  await c.page.getByRole("heading", { name: "Walks" }).waitFor();
  await c.message("Who comes along?").waitFor();
  await details
    .getByRole("region", { name: "3 members" })
    .getByText(name, { exact: true })
    .waitFor();

  // Taken back, it leads nowhere.
  await details.getByRole("button", { name: /^Revoke the link/ }).click();
  await details.getByText(/^Expires in/).waitFor({ state: "detached" });
  await c.page.goto(link);
  await c.page.getByText("This link leads nowhere any more.").waitFor();
  await examine(c.page);
  await c.page.keyboard.press("Escape");

  // Put out, and gone by oneself.
  await details.getByRole("button", { name: `Remove ${name}` }).click();
  await details.getByRole("button", { name: "Remove", exact: true }).click();
  await c.row("Walks").waitFor({ state: "detached" });
  await a.page.keyboard.press("Escape");
  const his = await detailsOf(b.page, "Walks");
  await examine(b.page);
  await his.getByRole("button", { name: "Leave the room" }).click();
  await his.getByRole("button", { name: "Yes, leave" }).click();
  await b.row("Walks").waitFor({ state: "detached" });
  await a.log.getByText(`${bob.name} left`).waitFor();
});

async function detailsOf(page: Page, name: string) {
  await page.getByRole("button", { name: "About this room" }).click();
  const details = page.getByRole("dialog", { name });
  await details.waitFor();
  return details;
}
