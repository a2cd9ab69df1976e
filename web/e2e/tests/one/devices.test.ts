import { PASSWORD } from "../../support/app.ts";
import { examine, examined } from "../../support/axe.ts";
import { expect, test } from "../../support/test.ts";
import { say } from "../../support/wire.ts";

test("a device that was left behind is signed out from another", async ({ device, person }) => {
  const ann = await person("ann");
  const phone = await (await device()).signedIn(ann);
  const laptop = await (await device(examined)).signedIn(ann);
  await laptop.openSettings();
  const devices = laptop.page.getByRole("region", { name: "Devices" });
  await devices.getByText("This device").waitFor();
  await devices
    .getByText(/^Last used/)
    .first()
    .waitFor();
  await examine(laptop.page);
  await devices.getByRole("button", { name: "End all other sessions" }).click();
  await devices.getByText("The session is over.").waitFor();
  expect(await devices.getByRole("listitem").count()).toBe(1);

  await phone.page.getByText("You have been signed out.").waitFor();
  await phone.page.reload();
  await phone.page.getByRole("heading", { name: "Welcome back" }).waitFor();
  await laptop.page.reload();
  await laptop.page.getByRole("heading", { name: "Settings" }).waitFor();
});

test("whoever deletes his account is gone, and his words stay", async ({
  device,
  person,
  server,
}) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  await say(server, ann, bob, ["Good bye."]);
  const a = await (await device(examined)).signedIn(ann);
  await a.openSettings();
  await a.page.getByRole("button", { name: "Delete account" }).click();
  const dialog = a.page.getByRole("dialog");
  await examine(a.page);
  await dialog.getByRole("button", { name: "Delete account" }).click();
  await dialog.getByText("Enter your password.").waitFor();
  await dialog.getByLabel("Your password").fill("not the one at all");
  await dialog.getByRole("button", { name: "Delete account" }).click();
  await dialog.getByText("This is not your password.").waitFor();
  await dialog.getByLabel("Your password").fill(PASSWORD);
  await dialog.getByRole("button", { name: "Delete account" }).click();
  await a.page.getByRole("heading", { name: "Welcome back" }).waitFor();
  await a.submit(ann.name, PASSWORD, "Sign in");
  await a.page.getByText("The name or the password is not right.").waitFor();

  const b = await (await device()).signedIn(bob);
  await b.row("Deleted user").click();
  await b.page.getByText("This account was deleted. You can read").waitFor();
  expect(await b.composer.count()).toBe(0);
  expect(await b.texts()).toEqual(["Good bye."]);
});
