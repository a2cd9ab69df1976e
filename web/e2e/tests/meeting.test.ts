import { PASSWORD } from "../support/app.ts";
import { expect, test, unique } from "../support/test.ts";
import { say } from "../support/wire.ts";

test("two people meet by an invite link and chat", async ({ device }) => {
  const [annsName, bobsName] = [unique("ann"), unique("bob")];
  const annsDevice = await device({ permissions: ["clipboard-read", "clipboard-write"] });
  const ann = await annsDevice.tab();
  await ann.signUp(annsName);
  await ann.page.getByRole("button", { name: "Copy invite link" }).click();
  await ann.page.getByRole("status").filter({ hasText: "Copied" }).waitFor();
  const link = await ann.page.evaluate(() => navigator.clipboard.readText());

  const bob = await (await device()).tab(link);
  await bob.page.getByText("Somebody would like to talk with you.").waitFor();
  await bob.submit(bobsName, PASSWORD, "Create account");
  await bob.page.getByRole("heading", { name: annsName, exact: true }).waitFor();

  await bob.send("Hello, it is me.");
  await bob.mark("Hello, it is me.", "Sent").waitFor();
  await ann.open(bobsName);
  await ann.message("Hello, it is me.").waitFor();
  await bob.mark("Hello, it is me.", "Read").waitFor();

  await ann.send("Good to see you!");
  await bob.message("Good to see you!").waitFor();
  await ann.mark("Good to see you!", "Read").waitFor();
  expect(await bob.log.getByText(/^(Hello|Good)/).allTextContents()).toEqual([
    "Hello, it is me.",
    "Good to see you!",
  ]);
});

test("a conversation can be started by a name or an id", async ({ device, person }) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  const a = await (await device()).signedIn(ann);
  await a.start(bob.name.toUpperCase());
  await a.presence("Offline").waitFor();
  const b = await (await device()).signedIn(bob);
  await b.start(ann.sub);
  await b.page.getByRole("heading", { name: ann.name, exact: true }).waitFor();
});

test("nobody is found by a wrong name", async ({ device, person }) => {
  const ann = await (await device()).signedIn(await person("ann"));
  await ann.page.getByRole("textbox", { name: "Name or id" }).fill("nobody-at-all");
  await ann.page.getByRole("button", { name: "Open conversation" }).click();
  await ann.page.getByText("Nobody has this name or id.").waitFor();
});

test("typing shows while it lasts", async ({ device, person }) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  const a = await (await device()).signedIn(ann);
  const b = await (await device()).signedIn(bob);
  await a.start(bob.name);
  await b.start(ann.name);
  await b.composer.pressSequentially("Let me th");
  await a.presence("Typing…").waitFor();
  await b.composer.fill("");
  await a.presence("Online").waitFor();
});

test("unread messages are counted and marked off", async ({ device, person, server }) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  await say(server, bob, ann, ["Old news"]);
  const a = await (await device()).signedIn(ann);
  await a.open(bob.name);
  await a.message("Old news").waitFor();
  await a.row(bob.name).getByText("unread message").waitFor({ state: "detached" });
  await a.page.getByRole("separator", { name: "New messages" }).waitFor();

  await a.page.goBack();
  await a.page.getByRole("heading", { name: "Pick up where you left off" }).waitFor();
  await say(server, bob, ann, ["First", "Second", "Third"]);
  await a.row(bob.name).getByText("3 unread messages").waitFor();
  await expect.poll(() => a.page.title()).toBe("(3) Aizuchi");

  const b = await (await device()).signedIn(bob);
  await b.open(ann.name);
  await b.mark("Third", "Sent").waitFor();
  await a.open(bob.name);
  const log = await a.log.innerText();
  expect(log.indexOf("Old news")).toBeLessThan(log.indexOf("New messages"));
  expect(log.indexOf("New messages")).toBeLessThan(log.indexOf("First"));
  await b.mark("Third", "Read").waitFor();
  await expect.poll(() => a.page.title()).toBe(`${bob.name} · Aizuchi`);
  await a.row(bob.name).getByText("unread messages").waitFor({ state: "detached" });
});
