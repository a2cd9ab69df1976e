import { memoryStore } from "@aizuchi/sdk";
import { screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { fakeClient } from "../preview/fakeClient.ts";
import { isOpen } from "../src/notifications/names.ts";
import { parsePayload, wording } from "../src/notifications/payload.ts";
import { pushes, turnOff, turnOn } from "../src/notifications/push.ts";
import { WantedDialog } from "../src/notifications/WantedDialog.tsx";
import { words } from "../src/notifications/words.ts";
import { lone, renderWithin } from "./render.tsx";

afterEach(() => {
  vi.unstubAllGlobals();
});

const pushed = { conversationId: "d:a:b", seq: 7, from: "a", name: "Ada", text: "hello" };

test("a push is shown with name and text, or in words of the person's language", () => {
  const say = (change: object, locale: "en" | "ja") => {
    const payload = parsePayload(JSON.stringify({ ...pushed, ...change }));
    return payload && wording(payload, locale);
  };
  expect(say({}, "en")).toEqual({ title: "Ada", body: "hello" });
  expect(say({ text: undefined }, "ja")).toEqual({ title: "Ada", body: "新着メッセージ" });
  expect(say({ text: undefined, mentioned: true }, "en")?.body).toBe(words.en.mention);
  expect(say({ name: "" }, "ja")?.title).toBe("だれか");
});

test.each([undefined, "", "no json", "null", "[]", "{}", '{"conversationId":7}'])(
  "what is nothing of ours (%j) is not taken for it",
  (text) => {
    expect(parsePayload(text)).toBeUndefined();
  },
);

test("only a bid to open a conversation opens one", () => {
  expect(isOpen({ type: "open", conversationId: "d:a:b" })).toBe(true);
  for (const other of [null, "open", {}, { type: "open" }, { type: "x", conversationId: "d" }]) {
    expect(isOpen(other)).toBe(false);
  }
});

/** A browser with a push service, which knows how often it was subscribed. */
function browser(key: string) {
  const bytes = Uint8Array.from(atob(key), (char) => char.charCodeAt(0)).buffer;
  let held: object | null = null;
  let count = 0;
  const subscribe = vi.fn(() => {
    const endpoint = `https://push.example/${String(++count)}`;
    const mine = {
      endpoint,
      options: { applicationServerKey: bytes },
      toJSON: () => ({ endpoint, keys: { p256dh: "p", auth: "a" } }),
      unsubscribe: () => {
        held = null;
        return Promise.resolve(true);
      },
    };
    held = mine;
    return Promise.resolve(mine);
  });
  const pushManager = { getSubscription: () => Promise.resolve(held), subscribe };
  const put = vi.fn(() => Promise.resolve());
  vi.stubGlobal("navigator", {
    serviceWorker: { getRegistration: () => Promise.resolve({ pushManager }) },
  });
  vi.stubGlobal("caches", { open: () => Promise.resolve({ put }) });
  return { subscribe, put };
}

/** Someone whose server has this key. */
function someone(sub: string, key: string) {
  const client = fakeClient({ ...lone, self: { sub, username: sub } });
  const subscribed = vi.fn(() => Promise.resolve());
  const unsubscribed = vi.fn(() => Promise.resolve());
  const notifications = {
    ...client.notifications,
    key: () => Promise.resolve(key),
    subscribe: subscribed,
    unsubscribe: unsubscribed,
  };
  return { client: { ...client, notifications }, subscribed, unsubscribed };
}

const options = { preview: true, locale: "ja" } as const;

test("a browser is subscribed once, and told to the server at each visit", async () => {
  const { subscribe, put } = browser("QUJD");
  const storage = memoryStore();
  const { client, subscribed, unsubscribed } = someone("ada", "QUJD");
  expect(await turnOn(client, options, storage)).toBe(true);
  expect(await turnOn(client, { ...options, preview: false }, storage)).toBe(true);
  expect(subscribe).toHaveBeenCalledOnce();
  const first = { endpoint: "https://push.example/1", keys: { p256dh: "p", auth: "a" } };
  expect(subscribed.mock.calls).toEqual([
    [first, { preview: true }],
    [first, { preview: false }],
  ]);
  expect(put).toHaveBeenCalledTimes(2);
  expect(pushes()).toBe(true);
  await turnOff(client);
  expect(unsubscribed).toHaveBeenCalledWith("https://push.example/1");
  expect(pushes()).toBe(false);
});

test("another person, or another key, is another subscription", async () => {
  const { subscribe } = browser("QUJD");
  const storage = memoryStore();
  const ada = someone("ada", "QUJD");
  await turnOn(ada.client, options, storage);
  const bob = someone("bob", "QUJD");
  await turnOn(bob.client, options, storage);
  expect(subscribe).toHaveBeenCalledTimes(2);
  expect(bob.subscribed.mock.calls[0]).toMatchObject([{ endpoint: "https://push.example/2" }, {}]);
  await turnOn(someone("bob", "WFla").client, options, storage);
  expect(subscribe).toHaveBeenCalledTimes(3);
});

test("without a worker or a server nothing is pushed, and nothing is broken", async () => {
  vi.stubGlobal("navigator", {});
  const { client } = someone("ada", "QUJD");
  expect(await turnOn(client, options, memoryStore())).toBe(false);
  await turnOff(client);
  browser("QUJD");
  const failing = () => Promise.reject(new Error("no network"));
  const away = { ...client, notifications: { ...client.notifications, key: failing } };
  expect(await turnOn(away, options, memoryStore())).toBe(false);
  expect(pushes()).toBe(false);
});

test("what a person wants of a conversation is shown and changed", async () => {
  const client = fakeClient(lone);
  await client.notifications.want("d:a:b", "mentions");
  const onClose = vi.fn();
  renderWithin(<WantedDialog id="d:a:b" onClose={onClose} />, { client });
  const mentions = await screen.findByRole<HTMLInputElement>("radio", { name: "Mentions" });
  expect(mentions.checked).toBe(true);
  await userEvent.click(screen.getByRole("radio", { name: "None" }));
  expect(await client.notifications.wanted("d:a:b")).toBe("none");
});

test("a choice that does not reach the server is taken back", async () => {
  const client = fakeClient(lone);
  const want = () => Promise.reject(new Error("no network"));
  const away = { ...client, notifications: { ...client.notifications, want } };
  renderWithin(<WantedDialog id="d:a:b" onClose={vi.fn()} />, { client: away });
  await userEvent.click(await screen.findByRole("radio", { name: "None" }));
  await screen.findByRole("alert");
  const all = screen.getByRole<HTMLInputElement>("radio", { name: "All messages" });
  expect(all.checked).toBe(true);
});
