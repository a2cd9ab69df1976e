import { act, fireEvent, screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { beforeEach, expect, test } from "vitest";
import { fakeClient, type FakeWorld } from "../preview/fakeClient.ts";
import { Sidebar } from "../src/list/Sidebar.tsx";
import { message } from "./messages.ts";
import { haru, mika, ren, renderWithin } from "./render.tsx";

const hiragana = { sub: "u-sakura", username: "さくら" };

const world: FakeWorld = {
  self: haru,
  online: [mika.sub],
  conversations: [
    { partner: ren, messages: [message(haru.sub, { text: "see you", timestamp: 1_000 })] },
    {
      partner: mika,
      messages: [message(mika.sub, { text: "hello there", timestamp: 2_000 })],
      unread: 1,
    },
    { partner: hiragana, messages: [message("u-sakura", { timestamp: 500 })], draft: "half" },
  ],
};

beforeEach(() => {
  history.replaceState(null, "", "/");
});

const rows = () => within(screen.getByRole("list")).getAllByRole("link");

function sidebar(over: Partial<FakeWorld> = {}) {
  const client = fakeClient({ ...world, ...over });
  return renderWithin(<Sidebar current={undefined} onStart={() => undefined} />, { client });
}

test("a conversation shows its partner, presence, last message and unread count", () => {
  sidebar();
  const [first, second, third] = rows();
  expect(first?.textContent).toContain("mika, Online");
  expect(first?.textContent).toContain("hello there");
  expect(first?.textContent).toContain("1 unread message");
  expect(second?.textContent).toContain("You: see you");
  expect(third?.textContent).toContain("Draft: half");
});

test("a new message brings its conversation to the top", () => {
  const { client } = sidebar();
  act(() => {
    client.receive(ren, "one more thing");
  });
  expect(rows()[0]?.textContent).toContain("one more thing");
});

test("the arrow keys move through the list, and one row is in the tab order", async () => {
  sidebar();
  const [first, second, third] = rows();
  await userEvent.click(screen.getByRole("searchbox"));
  await userEvent.keyboard("{ArrowDown}");
  expect(document.activeElement).toBe(first);
  await userEvent.keyboard("{ArrowDown}");
  expect(document.activeElement).toBe(second);
  expect(rows().filter((row) => row.tabIndex === 0)).toEqual([second]);
  await userEvent.keyboard("{End}");
  expect(document.activeElement).toBe(third);
  await userEvent.keyboard("{ArrowDown}{Home}");
  expect(document.activeElement).toBe(first);
});

test("a conversation opens in the page", async () => {
  sidebar();
  const [first] = rows();
  if (first) await userEvent.click(first);
  expect(location.pathname).toBe(first?.getAttribute("href"));
});

test("a name is found, whatever the case or the kana", async () => {
  sidebar();
  const field = screen.getByRole("searchbox");
  const named = () =>
    within(screen.getByRole("region", { name: "Conversations" })).queryAllByRole("link");
  await userEvent.type(field, "MIK");
  expect(named()).toHaveLength(1);
  await userEvent.clear(field);
  await userEvent.type(field, "サク");
  expect(named()[0]?.textContent).toContain("さくら");
  await userEvent.type(field, "x");
  expect(screen.getByText("No conversation with this name.")).toBeTruthy();
});

test("an empty list is told from one that is on its way", () => {
  sidebar({ loading: true });
  expect(screen.getByRole("status").textContent).toBe("Loading…");
});

test("of very many conversations, few are drawn until one scrolls", () => {
  const many = Array.from({ length: 120 }, (_, i) => {
    const partner = { sub: `u-${i}`, username: `friend ${i}` };
    return { partner, messages: [message(partner.sub, { timestamp: 10_000 - i })] };
  });
  sidebar({ conversations: many });
  expect(rows()).toHaveLength(50);
  fireEvent.scroll(screen.getByRole("list"));
  expect(rows()).toHaveLength(100);
  expect(rows()[99]?.textContent).toContain("friend 99");
});
