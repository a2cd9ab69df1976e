import { screen } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { fakeClient, type FakeRoom } from "../preview/fakeClient.ts";
import { useNames } from "../src/rooms/useNames.ts";
import { Workspace } from "../src/shell/Workspace.tsx";
import { message } from "./messages.ts";
import { haru, lone, mika, ren, renderWithin } from "./render.tsx";

const room: FakeRoom = {
  id: "r:0123456789abcdef0123456789abcdef",
  name: "Walks",
  members: [haru, mika],
  role: "member",
  messages: [
    message(mika.sub, {
      text: "",
      change: { type: "created", name: "Walks", history: "all", members: [mika, haru] },
    }),
    message(mika.sub, { text: "who comes along?" }),
    message(ren.sub, { text: "not me" }),
  ],
};

beforeEach(() => {
  history.replaceState(null, "", `/c/${encodeURIComponent(room.id)}`);
});

function Names() {
  const nameOf = useNames(room.members, room.messages);
  return <p>{room.messages.map(({ fromSub }) => nameOf(fromSub)).join(", ")}</p>;
}

test("those who spoke and are not named among the members are looked up", async () => {
  renderWithin(<Names />);
  expect(screen.getByText("mika, mika, Somebody")).toBeTruthy();
  expect(await screen.findByText("mika, mika, ren")).toBeTruthy();
});

function opened(over: Partial<FakeRoom> = {}) {
  const client = fakeClient({ ...lone, rooms: [{ ...room, ...over }] });
  return renderWithin(<Workspace route={{ page: "conversation", conversationId: room.id }} />, {
    client,
  });
}

test("a room is called by its name, and says how many are in it", async () => {
  opened();
  expect(await screen.findByRole("heading", { name: "Walks" })).toBeTruthy();
  expect(screen.getByText("2 members")).toBeTruthy();
});

test("a room that one is no member of is not there", () => {
  const { role: _, ...left } = room;
  const client = fakeClient({ ...lone, rooms: [left] });
  renderWithin(<Workspace route={{ page: "conversation", conversationId: room.id }} />, { client });
  expect(screen.getByText("There is no such conversation.")).toBeTruthy();
});
