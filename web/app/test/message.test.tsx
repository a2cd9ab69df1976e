import type { MessageView } from "@aizuchi/sdk";
import { screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";
import { fakeClient } from "../preview/fakeClient.ts";
import { MessageRow } from "../src/conversation/MessageRow.tsx";
import { timeline } from "../src/conversation/timeline.ts";
import { message } from "./messages.ts";
import { haru, lone, mika, renderWithin } from "./render.tsx";

function rendered(shown: MessageView, firstUnreadSeq?: number) {
  const client = fakeClient(lone);
  const conversation = {
    ...client.conversation(client.openDirect(mika)),
    retry: vi.fn(),
    discard: vi.fn(),
    react: vi.fn(),
    remove: vi.fn(),
  };
  const [row] = timeline([shown], haru.sub, firstUnreadSeq);
  if (!row) throw new Error("One message makes one row.");
  const view = renderWithin(
    <MessageRow
      row={row}
      partner={mika}
      room={false}
      nameOf={() => mika.username}
      now={shown.timestamp}
      conversation={conversation}
      begins={false}
    />,
  );
  return { ...view, conversation };
}

describe("one's own message", () => {
  test.each([
    ["pending", "Sending"],
    ["sent", "Sent"],
    ["read", "Read"],
    ["failed", "Not sent"],
  ] as const)("that is %s is marked %j", (state, label) => {
    rendered(message(haru.sub, { state }));
    expect(screen.getByRole("img").getAttribute("aria-label")).toBe(label);
  });

  test("that failed can be sent again or discarded", async () => {
    const error = { code: "forbidden", error: "No." } as const;
    const failed = message(haru.sub, { state: "failed", clientMsgId: "c1", error });
    const { conversation } = rendered(failed);
    expect(screen.getByText("You cannot write to this person.")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Send again" }));
    expect(conversation.retry).toHaveBeenCalledWith("c1");
    await userEvent.click(screen.getByRole("button", { name: "Discard" }));
    expect(conversation.discard).toHaveBeenCalledWith("c1");
  });
});

test("somebody else's message has no mark and says whose it is", () => {
  const { container } = rendered(message(mika.sub, { text: "hi" }));
  expect(screen.queryByRole("img")).toBeNull();
  expect(container.textContent).toContain("mika: hi");
});

test("a deleted message says only that", () => {
  const { container } = rendered(message(mika.sub, { text: "", deleted: true }));
  expect(container.textContent).toContain("This message was deleted.");
});

test("what people reacted with is counted, and they are named", () => {
  const reactions = [{ emoji: "👍", count: 2, subs: [haru.sub, mika.sub] }];
  rendered(message(mika.sub, { reactions }));
  const [chip] = within(screen.getByRole("list", { name: "Reactions" })).getAllByRole("listitem");
  expect(chip?.textContent).toContain("👍 from 2 people");
  expect(chip?.title).toBe("mika and mika");
});

test("an edited message says so", () => {
  const { container } = rendered(message(mika.sub, { editedAt: 1 }));
  expect(container.textContent).toContain("edited");
});

test("what happened to a room is a line of its own", () => {
  const change = { type: "renamed", name: "Walks" } as const;
  const { container } = rendered(message(mika.sub, { text: "", change }));
  expect(container.textContent).toContain("mika renamed the room to “Walks”");
  const unknown = { type: "flooded" } as never;
  expect(
    rendered(message(mika.sub, { text: "", change: unknown })).container.textContent,
  ).toContain("mika changed the room");
});

test("the first unread message stands under its divider", () => {
  const shown = message(mika.sub);
  rendered(shown, shown.seq);
  expect(screen.getByRole("separator").textContent).toBe("New messages");
});

test("text is text, and links are links", () => {
  const { container } = rendered(
    message(mika.sub, { text: "<b>bold</b>\nhttps://example.com/a javascript:alert(1)" }),
  );
  expect(container.querySelector("b")).toBeNull();
  const links = screen.getAllByRole("link");
  expect(links).toHaveLength(1);
  expect(links[0]?.getAttribute("href")).toBe("https://example.com/a");
  expect(links[0]?.getAttribute("rel")).toBe("noopener noreferrer");
});

describe("the menu of a message", () => {
  const open = () => userEvent.click(screen.getByRole("button", { name: "Message options" }));

  test("reacts, and takes it back", async () => {
    const reactions = [{ emoji: "🎉", count: 1, subs: [haru.sub] }];
    const shown = message(mika.sub, { reactions });
    const { conversation } = rendered(shown);
    await open();
    await userEvent.click(screen.getByRole("button", { name: "👍" }));
    expect(conversation.react).toHaveBeenCalledWith(shown.seq, "👍", true);
    await open();
    await userEvent.click(screen.getByRole("button", { name: "🎉", pressed: true }));
    expect(conversation.react).toHaveBeenCalledWith(shown.seq, "🎉", false);
  });

  test("edits and deletes one's own alone, and asks before", async () => {
    const { unmount } = rendered(message(mika.sub));
    await open();
    expect(screen.queryByRole("button", { name: "Delete" })).toBeNull();
    expect(screen.queryByRole("button", { name: "Edit" })).toBeNull();
    unmount();
    const own = message(haru.sub);
    const { conversation } = rendered(own);
    await open();
    expect(screen.getByRole("button", { name: "Edit" })).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Delete" }));
    expect(conversation.remove).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole("button", { name: "Delete" }));
    expect(conversation.remove).toHaveBeenCalledWith(own.seq);
  });

  test("is not there for what is deleted or on its way", () => {
    rendered(message(mika.sub, { deleted: true }));
    const { seq: _, ...pending } = message(haru.sub, { state: "pending" });
    rendered(pending);
    expect(screen.queryByRole("button", { name: "Message options" })).toBeNull();
  });
});
