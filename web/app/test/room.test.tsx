import { screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { fakeClient, type FakeRoom } from "../preview/fakeClient.ts";
import { useNames } from "../src/rooms/useNames.ts";
import { Workspace } from "../src/shell/Workspace.tsx";
import { StartDialog } from "../src/start/StartDialog.tsx";
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

describe("the details of a room", () => {
  async function detailed(over: Partial<FakeRoom> = {}) {
    const view = opened(over);
    await userEvent.click(await screen.findByRole("button", { name: "About this room" }));
    return view;
  }

  test("name its members, and let those who rule it change it", async () => {
    await detailed({ role: "owner" });
    const names = () => within(screen.getByRole("dialog")).getAllByRole("listitem");
    expect(names()).toHaveLength(2);
    await userEvent.type(screen.getByLabelText("Add people"), "ren{Enter}");
    await waitFor(() => {
      expect(names()).toHaveLength(3);
    });
    await userEvent.click(screen.getByRole("button", { name: "Remove mika" }));
    expect(names()).toHaveLength(2);
    await userEvent.type(screen.getByLabelText("Name of the room"), " and tea{Enter}");
    expect((await screen.findAllByRole("heading", { name: "Walks and tea" })).length).toBe(2);
  });

  test("let others leave, who are asked before", async () => {
    await detailed();
    expect(screen.queryByLabelText("Add people")).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "Leave the room" }));
    await userEvent.click(screen.getByRole("button", { name: "Yes, leave" }));
    await waitFor(() => {
      expect(location.pathname).toBe("/");
    });
  });
});

test("a room is made of people who are named, and opened", async () => {
  const { client } = renderWithin(<StartDialog onClose={() => undefined} />);
  const create = vi.spyOn(client.rooms, "create");
  await userEvent.type(screen.getByLabelText("Name of the room"), "Tea");
  await userEvent.type(screen.getByLabelText("Who else is in it"), "mika, nobody{Enter}");
  expect(await screen.findByText("Nobody has the name or id “nobody”.")).toBeTruthy();
  expect(create).not.toHaveBeenCalled();
  const people = screen.getByLabelText("Who else is in it");
  await userEvent.clear(people);
  await userEvent.type(people, "mika, u-ren{Enter}");
  await waitFor(() => {
    expect(create).toHaveBeenCalledWith("Tea", [mika.sub, ren.sub]);
    expect(location.pathname).toContain("/c/r");
  });
});
