import { conversationIdOf } from "@aizuchi/sdk";
import { act, screen, waitFor } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { beforeEach, describe, expect, test } from "vitest";
import { fakeClient } from "../preview/fakeClient.ts";
import { formatRoute, parseRoute } from "../src/shell/routes.ts";
import { useRoute } from "../src/shell/useRoute.ts";
import { Workspace } from "../src/shell/Workspace.tsx";
import { message } from "./messages.ts";
import { haru, lone, mika, ren, renderWithin } from "./render.tsx";

function Routed() {
  return <Workspace route={useRoute()} />;
}

function open(path: string, world = lone) {
  history.replaceState(null, "", path);
  return renderWithin(<Routed />, { client: fakeClient(world) });
}

const talked = { ...lone, conversations: [{ partner: ren, messages: [message(ren.sub)] }] };
const partnerOpen = () => screen.findByRole("heading", { name: "mika" });

beforeEach(() => {
  history.replaceState(null, "", "/");
});

test("a conversation that is not on the device says so while there is no connection", async () => {
  const conversation = { partner: ren, messages: [message(ren.sub)], loaded: 0, stuck: true };
  const away = {
    ...lone,
    conversations: [conversation],
    connection: { status: "waiting" as const },
  };
  const id = conversationIdOf(haru.sub, ren.sub);
  const { client } = open(formatRoute({ page: "conversation", conversationId: id }), away);
  await screen.findByText(/^These messages are not on this device/);
  act(() => {
    client.setConnection({ status: "online" });
  });
  expect(screen.queryByText(/^These messages are not on this device/)).toBeNull();
});

describe("a newcomer", () => {
  test("finds their own id and invite link, and the way to a partner", async () => {
    open("/");
    expect(screen.getByText(haru.sub)).toBeTruthy();
    expect(screen.getByText(`${location.origin}/invite#u=${haru.sub}`)).toBeTruthy();
    expect(screen.getByRole("img", { name: "QR code of your invite link" })).toBeTruthy();
    await userEvent.type(screen.getByRole("textbox", { name: "Name or id" }), "mika{Enter}");
    await partnerOpen();
    expect(parseRoute(location.pathname, "").page).toBe("conversation");
  });

  test("can enter an id as well", async () => {
    open("/");
    await userEvent.type(screen.getByRole("textbox", { name: "Name or id" }), `${mika.sub}{Enter}`);
    await partnerOpen();
  });

  test.each([
    ["nobody", "Nobody has this name or id. Check the spelling; capitals do not matter."],
    ["haru", "That is you. Enter the name or id of someone else."],
    [haru.sub, "That is you. Enter the name or id of someone else."],
    [" ", "Enter a name or an id."],
  ])("who enters %j is told why that does not work", async (text, problem) => {
    open("/");
    await userEvent.type(screen.getByRole("textbox", { name: "Name or id" }), `${text}{Enter}`);
    expect(await screen.findByText(problem)).toBeTruthy();
  });
});

describe("an invite link", () => {
  test("opens the conversation with whoever handed it on", async () => {
    open(`/invite#u=${mika.sub}`);
    await partnerOpen();
  });

  test("of nobody says so", async () => {
    open("/invite#u=gone");
    expect((await screen.findByRole("alert")).textContent).toContain("does not work");
  });

  test("of one's own leads home", async () => {
    open(`/invite#u=${haru.sub}`);
    await waitFor(() => {
      expect(location.pathname).toBe("/");
    });
  });
});

test("an address of no conversation says so, and leads back", async () => {
  open("/c/nonsense", talked);
  expect(screen.getByRole("heading", { name: "There is no such conversation." })).toBeTruthy();
  await userEvent.click(screen.getByRole("button", { name: "Back to your conversations" }));
  expect(location.pathname).toBe("/");
});

test("the title counts what is unread", () => {
  const { client } = open("/", talked);
  expect(document.title).toBe("Aizuchi");
  act(() => {
    client.receive(ren, "hello");
    client.receive(mika, "hello");
  });
  expect(document.title).toBe("(2) Aizuchi");
});

test("a lost connection is worth a line, and its return takes it away", async () => {
  const { client } = open("/", talked);
  act(() => {
    client.setConnection({ status: "waiting" });
  });
  const again = await screen.findByRole("button", { name: "Try now" }, { timeout: 5_000 });
  await userEvent.click(again);
  expect(screen.queryByText("No connection. Trying again shortly.")).toBeNull();
});

test("settings change the language and the theme at once", async () => {
  const { preferences } = open("/settings", talked);
  await userEvent.click(screen.getByRole("radio", { name: "日本語" }));
  await userEvent.click(screen.getByRole("radio", { name: "Dark" }));
  expect(preferences.getSnapshot()).toEqual({ locale: "ja", theme: "dark" });
});

test("one who deleted his account is told of as such, and is not written to", async () => {
  const gone = { sub: "u-gone", username: "Deleted user" };
  history.replaceState(
    null,
    "",
    formatRoute({ page: "conversation", conversationId: conversationIdOf(haru.sub, gone.sub) }),
  );
  const client = fakeClient({
    ...lone,
    conversations: [{ partner: gone, messages: [message(gone.sub, { text: "さようなら" })] }],
  });
  renderWithin(<Routed />, { client, locale: "ja" });
  expect(await screen.findByRole("heading", { name: "削除されたユーザー" })).toBeTruthy();
  expect(screen.getByRole("link", { name: /^削除されたユーザー/ })).toBeTruthy();
  expect(screen.getByText("このアカウントは削除されました")).toBeTruthy();
  expect(screen.queryByRole("textbox", { name: /へのメッセージ$/ })).toBeNull();
});
