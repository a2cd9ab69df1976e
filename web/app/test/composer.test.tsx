import { fireEvent, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";
import { fakeClient } from "../preview/fakeClient.ts";
import { Composer } from "../src/conversation/Composer.tsx";
import { message } from "./messages.ts";
import { haru, lone, mika, ren, renderWithin } from "./render.tsx";

/** It is about no other message. */
const alone = {
  onAboutEnd: () => undefined,
  nameOf: () => "mika",
  refused: false,
  state: { members: [haru, mika, ren] },
};

function composer() {
  const client = fakeClient(lone);
  const conversation = client.conversation(client.openDirect(mika));
  const view = renderWithin(<Composer conversation={conversation} name="mika" {...alone} />, {
    client,
  });
  const area = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Message to mika" });
  const texts = () => client.sent.map(({ text }) => text);
  return { ...view, client, conversation, area, texts };
}

test("there is nothing to attach files with where the server takes none", () => {
  const taking = fakeClient(lone);
  const conversation = taking.conversation(taking.openDirect(mika));
  const shown = (client: typeof taking) =>
    renderWithin(<Composer conversation={conversation} name="mika" {...alone} />, { client });
  const { unmount } = shown(taking);
  screen.getByRole("button", { name: "Attach files" });
  unmount();
  shown({ ...taking, takesFiles: false });
  expect(screen.queryByRole("button", { name: "Attach files" })).toBeNull();
});

describe("Enter", () => {
  test("sends what is written and empties the field", async () => {
    const { area, texts } = composer();
    await userEvent.type(area, "hello{Enter}");
    expect(texts()).toEqual(["hello"]);
    expect(area.value).toBe("");
  });

  test("with Shift breaks the line", async () => {
    const { area, texts } = composer();
    await userEvent.type(area, "one{Shift>}{Enter}{/Shift}two{Enter}");
    expect(texts()).toEqual(["one\ntwo"]);
  });

  test("that ends a composition does not send", () => {
    const { area, texts } = composer();
    fireEvent.change(area, { target: { value: "こんにちは" } });
    fireEvent.keyDown(area, { key: "Enter", keyCode: 229, isComposing: true });
    fireEvent.keyDown(area, { key: "Enter", keyCode: 229 });
    expect(texts()).toEqual([]);
    expect(area.value).toBe("こんにちは");
    fireEvent.keyDown(area, { key: "Enter", keyCode: 13 });
    expect(texts()).toEqual(["こんにちは"]);
  });

  test("sends nothing where nothing is written", async () => {
    const { area, texts } = composer();
    await userEvent.type(area, "   {Enter}");
    expect(texts()).toEqual([]);
  });
});

test("the button sends", async () => {
  const { area, texts } = composer();
  await userEvent.type(area, "hello");
  await userEvent.click(screen.getByRole("button", { name: "Send" }));
  expect(texts()).toEqual(["hello"]);
});

test("a draft is kept, found again, and gone once sent", async () => {
  const { area, conversation, unmount, client } = composer();
  await userEvent.type(area, "half a thou");
  unmount();
  expect(conversation.getDraft()).toBe("half a thou");
  renderWithin(<Composer conversation={conversation} name="mika" {...alone} />, { client });
  const again = screen.getByRole<HTMLTextAreaElement>("textbox");
  expect(again.value).toBe("half a thou");
  await userEvent.type(again, "ght{Enter}");
  expect(conversation.getDraft()).toBe("");
});

test("a text that is too long says so and is not sent", () => {
  const { area, texts } = composer();
  fireEvent.change(area, { target: { value: "あ".repeat(7_990) } });
  expect(screen.getByRole("status").textContent).toBe("10 characters left");
  fireEvent.change(area, { target: { value: "あ".repeat(8_001) } });
  expect(screen.getByRole("status").textContent).toBe("1 character too many");
  fireEvent.keyDown(area, { key: "Enter", keyCode: 13 });
  expect(texts()).toEqual([]);
});

test("an answer names what it answers, and an edit changes the message", async () => {
  const client = fakeClient(lone);
  const id = client.openDirect(mika);
  const inner = client.conversation(id);
  const conversation = { ...inner, send: vi.fn(inner.send), edit: vi.fn(inner.edit) };
  const onAboutEnd = vi.fn();
  const said = message(mika.sub, { text: "hello?" });
  const around = { conversation, name: "mika", ...alone, onAboutEnd };
  const first = renderWithin(<Composer {...around} about={{ kind: "reply", message: said }} />, {
    client,
  });
  expect(screen.getByText("Reply to mika")).toBeTruthy();
  await userEvent.type(screen.getByRole("textbox"), "yes{Enter}");
  expect(conversation.send).toHaveBeenCalledWith("yes", { replyTo: said.seq });
  first.unmount();

  const own = message(haru.sub, { text: "helo" });
  renderWithin(<Composer {...around} about={{ kind: "edit", message: own }} />, { client });
  await userEvent.type(screen.getByRole("textbox", { name: "Edit message" }), "!{Enter}");
  expect(conversation.edit).toHaveBeenCalledWith(own.seq, "helo!");
  expect(onAboutEnd).toHaveBeenCalledTimes(2);
});
