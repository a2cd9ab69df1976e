import { AizuchiError } from "@aizuchi/sdk";
import { act, screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { fakeClient, type FakeRoom } from "../preview/fakeClient.ts";
import { useNames } from "../src/rooms/useNames.ts";
import { WhoRead } from "../src/rooms/WhoRead.tsx";
import { useRoute } from "../src/shell/useRoute.ts";
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

  const names = (): (string | null)[] =>
    within(within(screen.getByRole("dialog")).getByRole("region", { name: /members?$/ }))
      .getAllByRole("listitem")
      .map((item) => item.querySelector("bdi")?.textContent ?? null);

  test("name its members, and let those who rule it change it", async () => {
    await detailed({ role: "owner" });
    await waitFor(() => {
      expect(names()).toEqual(["haru", "mika"]);
    });
    await userEvent.type(screen.getByLabelText("Add people"), "ren{Enter}");
    await waitFor(() => {
      expect(names()).toEqual(["haru", "mika", "ren"]);
    });
    await userEvent.click(screen.getByRole("button", { name: "Remove mika" }));
    expect(screen.getByText("mika no longer sees this room.")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Remove" }));
    await waitFor(() => {
      expect(names()).toEqual(["haru", "ren"]);
    });
    await userEvent.type(screen.getByLabelText("Name of the room"), " and tea{Enter}");
    expect((await screen.findAllByRole("heading", { name: "Walks and tea" })).length).toBe(2);
  });

  test("let an owner say who is what, and keep one owner", async () => {
    const { client } = await detailed({ role: "owner" });
    const own = await screen.findByLabelText<HTMLSelectElement>("Role of haru");
    expect(own.disabled).toBe(true);
    expect(
      screen.getByText("A room needs an owner. Make somebody else an owner first."),
    ).toBeTruthy();
    expect(screen.getByText(/^You are the only owner\./)).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Leave the room" })).toBeNull();

    const setRole = vi.spyOn(client.rooms, "setRole");
    await userEvent.selectOptions(screen.getByLabelText("Role of mika"), "Owner");
    expect(setRole).toHaveBeenCalledWith(room.id, mika.sub, "owner");
    await waitFor(() => {
      expect(screen.getByLabelText<HTMLSelectElement>("Role of haru").disabled).toBe(false);
    });
    expect(screen.getByRole("button", { name: "Leave the room" })).toBeTruthy();
  });

  test("tell in words that an owner must stay, where the server says so", async () => {
    const { client } = await detailed({ role: "owner", roles: { [mika.sub]: "owner" } });
    vi.spyOn(client.rooms, "setRole").mockRejectedValue(
      new AizuchiError({ code: "conflict", error: "A room needs an owner." }),
    );
    await userEvent.selectOptions(await screen.findByLabelText("Role of haru"), "Member");
    expect((await screen.findByRole("alert")).textContent).toBe(
      "A room needs an owner. Make somebody else an owner first.",
    );
  });

  test("let an admin remove members alone", async () => {
    await detailed({ role: "admin", members: [haru, mika, ren], roles: { [mika.sub]: "owner" } });
    expect(await screen.findByText("Owner")).toBeTruthy();
    expect(screen.getByRole("button", { name: "Remove ren" })).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Remove mika" })).toBeNull();
    expect(screen.queryByLabelText("Role of ren")).toBeNull();
  });

  test("let many be filtered", async () => {
    const many = Array.from({ length: 12 }, (_, i) => ({ sub: `u-${i}`, username: `person-${i}` }));
    await detailed({ members: [haru, ...many] });
    await userEvent.type(await screen.findByLabelText("Filter members"), "ＰＥＲＳＯＮ-11");
    expect(names()).toEqual(["person-11"]);
    await userEvent.type(screen.getByLabelText("Filter members"), "x");
    expect(screen.getByText(/^Nobody here is called/)).toBeTruthy();
  });

  test("show who is known where the members do not come, and ask again", async () => {
    const client = fakeClient({ ...lone, rooms: [room] });
    const asked = vi
      .spyOn(client.rooms, "members")
      .mockRejectedValue(new AizuchiError({ code: "unavailable", error: "No." }));
    renderWithin(<Workspace route={{ page: "conversation", conversationId: room.id }} />, {
      client,
    });
    await userEvent.click(await screen.findByRole("button", { name: "About this room" }));
    expect(await screen.findByText(/^The server cannot answer just now/)).toBeTruthy();
    expect(names()).toEqual(["haru", "mika"]);
    asked.mockRestore();
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => {
      expect(screen.queryByRole("alert")).toBeNull();
    });
  });

  test("make links, and take them back", async () => {
    await detailed({ role: "admin" });
    await userEvent.selectOptions(screen.getByLabelText("Valid for"), "1 day");
    await userEvent.click(screen.getByRole("button", { name: "Make a link" }));
    expect(await screen.findByText(`${location.origin}/#join=a-link-that-is-good`)).toBeTruthy();
    expect(screen.getByRole("img", { name: "QR code of the link" })).toBeTruthy();
    expect(screen.getByText("Made by haru")).toBeTruthy();
    await userEvent.click(
      screen.getByRole("button", { name: "Revoke the link. Expires in 24 hours" }),
    );
    await waitFor(() => {
      expect(screen.queryByText("Made by haru")).toBeNull();
    });
    expect(screen.queryByRole("img", { name: "QR code of the link" })).toBeNull();
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

describe("a link into a room", () => {
  function Routed() {
    return <Workspace route={useRoute()} />;
  }

  function followed(secret: string) {
    history.replaceState(null, "", `/#join=${secret}`);
    const client = fakeClient(lone);
    renderWithin(<Routed />, { client });
    return client;
  }

  test("shows where it leads, and leads there", async () => {
    followed("a-link-that-is-good");
    expect(await screen.findByText("Tea and paper")).toBeTruthy();
    expect(screen.getByText("12 members")).toBeTruthy();
    // What it says is in no history.
    expect(location.href).not.toContain("join");
    await userEvent.click(screen.getByRole("button", { name: "Join" }));
    expect(await screen.findByRole("heading", { name: "Tea and paper" })).toBeTruthy();
    expect(location.pathname).toBe("/c/r%3Aopen");
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  test("that leads nowhere says so", async () => {
    followed("an-old-one");
    expect(await screen.findByText("This link leads nowhere any more.")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Close" }));
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  test("into a room that is full says so", async () => {
    history.replaceState(null, "", "/#join=x");
    const client = fakeClient(lone);
    const preview = vi.spyOn(client.rooms, "preview");
    preview.mockResolvedValue({ conversationId: "r:1", name: "Crowd", members: 999 });
    vi.spyOn(client.rooms, "join").mockRejectedValue(
      new AizuchiError({ code: "conflict", error: "Full." }),
    );
    renderWithin(<Routed />, { client });
    await userEvent.click(await screen.findByRole("button", { name: "Join" }));
    expect(await screen.findByText("This room is full.")).toBeTruthy();
  });
});

test("who has read one's own message is told, and follows what is read", async () => {
  const said = message(haru.sub, { text: "tea?" });
  const seq = said.seq ?? 0;
  const full = {
    ...room,
    members: [haru, mika, ren],
    messages: [said],
    reads: { [mika.sub]: seq },
  };
  const client = fakeClient({ ...lone, rooms: [full] });
  renderWithin(<WhoRead room={room.id} seq={seq} />, { client });
  const told = (name: string) =>
    within(screen.getByRole("region", { name })).getByRole("listitem").textContent;
  await screen.findByRole("region", { name: "Read by 1" });
  expect(told("Read by 1")).toContain("mika");
  expect(told("Not yet: 1")).toContain("ren");
  act(() => {
    client.setReads(room.id, { [ren.sub]: seq });
  });
  expect(await screen.findByRole("region", { name: "Read by 2" })).toBeTruthy();
  expect(screen.queryByRole("region", { name: "Not yet: 1" })).toBeNull();
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
