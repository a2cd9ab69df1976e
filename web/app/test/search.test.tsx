import { conversationIdOf } from "@aizuchi/sdk";
import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { fakeClient, type FakeWorld } from "../preview/fakeClient.ts";
import { Sidebar } from "../src/list/Sidebar.tsx";
import { ConversationSearch } from "../src/search/ConversationSearch.tsx";
import { formatRoute, parseRoute } from "../src/shell/routes.ts";
import { message } from "./messages.ts";
import { haru, mika, ren, renderWithin } from "./render.tsx";

const tea = Array.from({ length: 7 }, (_, i) => ({
  ...message(mika.sub, { text: `more Tea, number ${i + 1}`, timestamp: 1_000 + i }),
  seq: i + 1,
}));
const world: FakeWorld = {
  self: haru,
  conversations: [
    { partner: mika, messages: tea },
    { partner: ren, messages: [message(ren.sub, { text: "お茶にしませんか", timestamp: 500 })] },
  ],
};
const id = conversationIdOf(haru.sub, mika.sub);

beforeEach(() => {
  history.replaceState(null, "", "/");
});

test("a place in a conversation has an address", () => {
  const route = { page: "conversation", conversationId: id, at: 12 } as const;
  const [path = "", hash] = formatRoute(route).split("#");
  expect(parseRoute(path, `#${hash ?? ""}`)).toEqual(route);
  for (const wrong of ["#m=0", "#m=x", "#m=-1", "#m=1.5", "#x=3"]) {
    expect(parseRoute(path, wrong)).toEqual({ page: "conversation", conversationId: id });
  }
});

describe("the search in the list", () => {
  function opened(over: Partial<FakeWorld> = {}) {
    const client = fakeClient({ ...world, ...over });
    const search = vi.spyOn(client, "search");
    renderWithin(<Sidebar current={undefined} onStart={() => undefined} />, { client });
    return { client, search, field: screen.getByRole("searchbox") };
  }
  const hits = () =>
    within(screen.getByRole("region", { name: "Messages" })).queryAllByRole("link");

  test("finds messages, marks the words and leads to the place", async () => {
    const { field } = opened();
    await userEvent.type(field, "tea");
    await waitFor(() => {
      expect(hits()).toHaveLength(5);
    });
    expect(hits()[0]?.querySelector("mark")?.textContent).toBe("Tea");
    expect(hits()[0]?.textContent).toContain("mika");
    await userEvent.click(screen.getByRole("button", { name: "More messages" }));
    await waitFor(() => {
      expect(hits()).toHaveLength(7);
    });
    expect(screen.queryByRole("button", { name: "More messages" })).toBeNull();
    const [first] = hits();
    if (first) await userEvent.click(first);
    expect(location.pathname + location.hash).toBe(`/c/${encodeURIComponent(id)}#m=7`);
  });

  test("asks once, when typing rests", async () => {
    const { field, search } = opened();
    await userEvent.type(field, "number");
    await waitFor(() => {
      expect(hits()).toHaveLength(5);
    });
    expect(search).toHaveBeenCalledOnce();
  });

  test("says that nothing was found, that it failed, and tries again", async () => {
    const { field, search } = opened();
    await userEvent.type(field, "zebra");
    expect(await screen.findByText("No message has these words.")).toBeTruthy();
    await userEvent.clear(field);
    await userEvent.type(field, "fails");
    expect(await screen.findByText(/^The server cannot answer just now/)).toBeTruthy();
    search.mockResolvedValue({ hits: [] });
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("No message has these words.")).toBeTruthy();
  });

  test("finds names alone without a connection", async () => {
    const { client, field, search } = opened({ connection: { status: "waiting" } });
    await userEvent.type(field, "mika");
    expect(screen.getByText("Messages can be searched when you are back online.")).toBeTruthy();
    expect(screen.getByRole("link", { name: /^mika/ })).toBeTruthy();
    expect(search).not.toHaveBeenCalled();
    act(() => {
      client.setConnection({ status: "online" });
    });
    expect(await screen.findByText("No message has these words.")).toBeTruthy();
  });

  test("goes through pages that are empty", async () => {
    const { field, search } = opened();
    search.mockResolvedValueOnce({ hits: [], cursor: "0" });
    await userEvent.type(field, "tea");
    await waitFor(() => {
      expect(hits()).toHaveLength(5);
    });
  });

  test("leaves what an input method composes alone", async () => {
    const { field, search } = opened();
    fireEvent.compositionStart(field);
    fireEvent.input(field, { target: { value: "おち" }, isComposing: true });
    fireEvent.keyDown(field, { key: "Enter", isComposing: true, keyCode: 229 });
    expect(location.pathname).toBe("/");
    fireEvent.input(field, { target: { value: "お茶" }, isComposing: true });
    fireEvent.compositionEnd(field);
    await waitFor(() => {
      expect(hits()).toHaveLength(1);
    });
    expect(search.mock.calls.map(([query]) => query)).toEqual(["お茶"]);
    expect(hits()[0]?.querySelector("mark")?.textContent).toBe("お茶");
  });
});

test("within a conversation Enter goes from one result to the next", async () => {
  const onClose = vi.fn();
  history.replaceState(null, "", `/c/${encodeURIComponent(id)}`);
  const client = fakeClient(world);
  const view = (at: number | undefined) => <ConversationSearch id={id} at={at} onClose={onClose} />;
  renderWithin(view(7), { client });
  const field = screen.getByRole("searchbox");
  expect(document.activeElement).toBe(field);
  await userEvent.type(field, "tea");
  expect(await screen.findByText("1 of 5+")).toBeTruthy();
  await userEvent.keyboard("{Enter}");
  expect(location.hash).toBe("#m=6");
  await userEvent.keyboard("{Escape}");
  expect(onClose).toHaveBeenCalled();
});
