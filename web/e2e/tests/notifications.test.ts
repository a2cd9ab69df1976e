import type { BrowserContext, CDPSession, Page } from "playwright-core";
import { examine, examined } from "../support/axe.ts";
import { type Device, expect, test } from "../support/test.ts";
import { type Account, say } from "../support/wire.ts";

/** What a push service would bring to this page's worker. */
async function pusher(page: Page): Promise<(data: object) => Promise<unknown>> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  const cdp: CDPSession = await page.context().newCDPSession(page);
  const registered = new Promise<string>((found) => {
    cdp.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      for (const { registrationId, isDeleted } of registrations) {
        if (!isDeleted) found(registrationId);
      }
    });
  });
  await cdp.send("ServiceWorker.enable");
  const registrationId = await registered;
  const { origin } = new URL(page.url());
  return (data) =>
    cdp.send("ServiceWorker.deliverPushMessage", {
      origin,
      registrationId,
      data: JSON.stringify(data),
    });
}

/** The notifications that this page's worker shows. */
function shown(page: Page): Promise<{ title: string; body: string; tag: string }[]> {
  return page.evaluate(async () => {
    const { serviceWorker } = navigator;
    const notifications = await (await serviceWorker.ready).getNotifications();
    return notifications.map(({ title, body, tag }) => ({ title, body, tag }));
  });
}

async function conversation(device: Device, who: Account, other: Account) {
  const app = await device.signedIn(who);
  await app.open(other.name);
  const id = decodeURIComponent(new URL(app.page.url()).pathname.replace("/c/", ""));
  return { app, id };
}

test("what is pushed is shown, the newest of each conversation", async ({
  device,
  person,
  server,
}) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  await say(server, bob, ann, ["Are you there?"]);
  const annsDevice = await device({ permissions: ["notifications"] });
  const { app, id } = await conversation(annsDevice, ann, bob);
  const push = await pusher(app.page);
  const said = { conversationId: id, seq: 1, from: bob.sub, name: bob.name };
  await push({ ...said, text: "Are you there?" });
  await expect
    .poll(() => shown(app.page))
    .toEqual([{ title: bob.name, body: "Are you there?", tag: id }]);
  // Another in its place, from somebody who is shown without his words.
  await push({ ...said, seq: 2 });
  await expect
    .poll(() => shown(app.page))
    .toEqual([{ title: bob.name, body: "New message", tag: id }]);
  await push({ nothing: "of ours" });
  await expect.poll(async () => (await shown(app.page)).length).toBe(2);
});

test("a worker's bid opens the conversation in the page that is there", async ({
  device,
  person,
  server,
}) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  await say(server, bob, ann, ["Are you there?"]);
  const { app, id } = await conversation(await device(), ann, bob);
  await app.openSettings();
  await app.page.evaluate(async (conversationId) => {
    // As it does when a notification is clicked on, which nobody can do here.
    await navigator.serviceWorker.ready;
    const data = { type: "open", conversationId };
    navigator.serviceWorker.dispatchEvent(new MessageEvent("message", { data }));
  }, id);
  await app.message("Are you there?").waitFor();
});

test("of which messages one is told is decided for each conversation", async ({
  device,
  person,
  server,
}) => {
  const [ann, bob] = [await person("ann"), await person("bob")];
  await say(server, bob, ann, ["Are you there?"]);
  const { app } = await conversation(await device(examined), ann, bob);
  const dialog = app.page.getByRole("dialog", { name: "Notifications" });
  const choice = (name: string) => dialog.getByRole("radio", { name });
  const open = () => app.conversation.getByRole("button", { name: "Notifications" }).click();
  await open();
  await expect.poll(() => choice("All messages").isChecked()).toBe(true);
  await examine(app.page);
  const decided = app.page.waitForResponse((answer) => answer.request().method() === "PUT");
  await dialog.getByText("None").click();
  expect((await decided).status()).toBe(204);
  await app.page.reload();
  await open();
  await expect.poll(() => choice("None").isChecked()).toBe(true);
});

/** Has a browser subscribe at no push service: it refuses to in a window like those of tests. */
async function withPushService(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const base64url = (bytes: ArrayBuffer): string =>
      btoa(String.fromCharCode(...new Uint8Array(bytes)))
        .replaceAll("+", "-")
        .replaceAll("/", "_")
        .replace(/=+$/, "");
    PushManager.prototype.subscribe = async () => {
      const curve = { name: "ECDH", namedCurve: "P-256" };
      const { publicKey } = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
      const keys = {
        p256dh: base64url(await crypto.subtle.exportKey("raw", publicKey)),
        auth: base64url(crypto.getRandomValues(new Uint8Array(16)).buffer),
      };
      const endpoint = `https://push.invalid/${crypto.randomUUID()}`;
      return { endpoint, toJSON: () => ({ endpoint, keys }) } as unknown as PushSubscription;
    };
  });
}

test("notifications are turned on with texts, and may go without", async ({ device, person }) => {
  const ann = await person("ann");
  const annsDevice = await device({ ...examined, permissions: ["notifications"] });
  await withPushService(annsDevice.context);
  const app = await annsDevice.signedIn(ann);
  await app.openSettings();
  await app.page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  const setting = (name: string) => app.page.getByRole("switch", { name });
  /** The next subscription that the server takes, as it is told. */
  const told = async (): Promise<unknown> => {
    const answer = await app.page.waitForResponse((one) => one.request().method() === "PUT");
    expect(answer.status()).toBe(204);
    return answer.request().postDataJSON();
  };
  expect(await setting("Show the text of messages").count()).toBe(0);
  let subscription = told();
  await setting("Notify me of new messages").click();
  expect(await subscription).toMatchObject({ preview: true });
  subscription = told();
  await setting("Show the text of messages").click();
  expect(await subscription).toMatchObject({ preview: false });
  await examine(app.page);
  subscription = told();
  await app.page.reload();
  // At each visit, since its session may be another.
  expect(await subscription).toMatchObject({ preview: false });
  expect(await setting("Notify me of new messages").isChecked()).toBe(true);
  expect(await setting("Show the text of messages").isChecked()).toBe(false);
});
