import { Server } from "../../support/server.ts";
import { testWith } from "../../support/test.ts";

const test = testWith(() => Server.start(["--rate-limits", "off"]));

test("a changed password ends the other devices", async ({ device, person }) => {
  const ann = await person("ann");
  const laptop = await (await device()).signedIn(ann);
  const phone = await (await device()).signedIn(ann);
  await laptop.openSettings();
  const change = laptop.page.getByRole("button", { name: "Change password" });
  await laptop.page.getByLabel("Current password").fill("not the one");
  await laptop.page.getByLabel("New password").fill("eight loud pelicans");
  await change.click();
  await laptop.page.getByText("This is not your current password.").waitFor();
  await laptop.page.getByLabel("Current password").fill("seven quiet herons");
  await change.click();
  await laptop.page.getByText("Your password is changed.").waitFor();

  await phone.page.getByText("You have been signed out.").waitFor();
  await phone.submit(ann.name, "seven quiet herons", "Sign in");
  await phone.page.getByText("The name or the password is not right.").waitFor();
  await phone.signIn(ann.name, "eight loud pelicans");
  await laptop.page.reload();
  await laptop.list.waitFor();
});
