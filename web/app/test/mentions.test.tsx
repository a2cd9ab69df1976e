import { fireEvent, screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";
import { fakeClient } from "../preview/fakeClient.ts";
import { Composer } from "../src/conversation/Composer.tsx";
import { begunAt, completed, offered } from "../src/mentions/find.ts";
import { haru, lone, mika, ren, renderWithin } from "./render.tsx";

const aiko = { sub: "u-aiko", username: "愛子" };

describe("a mention that is being written", () => {
  test.each([
    ["@", ""],
    ["hello @mi", "mi"],
    ["ねえ@愛", "愛"],
    ["＠mi", "mi"],
    ["(@a.b-c_d", "a.b-c_d"],
  ])("ends %j", (text, query) => {
    expect(begunAt(text, text.length)?.query).toBe(query);
  });

  test.each(["hello", "ann@mika", "@mika ", "a @b c"])("is not at the end of %j", (text) => {
    expect(begunAt(text, text.length)).toBeUndefined();
  });

  test("offers those who fit, the likeliest first", () => {
    const people = [{ sub: "u-tamiko", username: "tamiko" }, ren, mika];
    expect(offered(people, "mi").map(({ username }) => username)).toEqual(["mika", "tamiko"]);
    expect(offered(people, "MIK").map(({ username }) => username)).toEqual(["mika", "tamiko"]);
    expect(offered(people, "x")).toEqual([]);
  });

  test("is written out, with one space after it", () => {
    const begun = { from: 3, to: 6, query: "mi" };
    expect(completed("hi @mi", begun, "mika")).toEqual({ text: "hi @mika ", caret: 9 });
    expect(completed("hi @mi there", begun, "mika")).toEqual({ text: "hi @mika there", caret: 9 });
  });
});

describe("in the composer", () => {
  function composer(members = [haru, mika, ren, aiko], memberCount = 4) {
    const client = fakeClient(lone);
    const conversation = client.conversation("r:1");
    renderWithin(
      <Composer
        conversation={conversation}
        name="room"
        onAboutEnd={() => undefined}
        nameOf={() => "mika"}
        refused={false}
        state={{ members, memberCount }}
      />,
      { client },
    );
    return { client, area: screen.getByRole<HTMLTextAreaElement>("textbox") };
  }

  test("@ offers people, whom arrows choose and Enter takes", async () => {
    const { client, area } = composer();
    await userEvent.type(area, "hi @");
    const names = () => screen.getAllByRole("option").map((one) => one.textContent);
    expect(names()).toHaveLength(3);
    expect(area.getAttribute("aria-controls")).toBe(screen.getByRole("listbox").id);
    await userEvent.keyboard("{ArrowDown}");
    const active = document.getElementById(area.getAttribute("aria-activedescendant") ?? "");
    expect(active?.getAttribute("aria-selected")).toBe("true");
    await userEvent.keyboard("{ArrowUp}mi{Enter}");
    expect(area.value).toBe("hi @mika ");
    expect(screen.queryByRole("listbox")).toBeNull();
    await userEvent.keyboard("there{Enter}");
    expect(client.sent).toEqual([
      { conversationId: "r:1", text: "hi @mika there", mentions: [mika.sub] },
    ]);
  });

  test("Escape wants no help, and a click takes too", async () => {
    const { area } = composer();
    await userEvent.type(area, "@m{Escape}");
    expect(screen.queryByRole("listbox")).toBeNull();
    expect(area.value).toBe("@m");
    await userEvent.type(area, " @r");
    await userEvent.click(screen.getByRole("option", { name: "ren" }));
    expect(area.value).toBe("@m @ren ");
  });

  test("an Enter that ends a composition takes nobody", async () => {
    const { client, area } = composer();
    await userEvent.type(area, "@愛");
    expect(screen.getByRole("option", { name: "愛子" })).toBeTruthy();
    fireEvent.keyDown(area, { key: "Enter", keyCode: 229, isComposing: true });
    expect(area.value).toBe("@愛");
    expect(client.sent).toEqual([]);
    fireEvent.keyDown(area, { key: "Enter", keyCode: 13 });
    expect(area.value).toBe("@愛子 ");
  });

  test("of a large room all are asked for", async () => {
    const client = fakeClient(lone);
    const far = { sub: "u-far", username: "faraway", role: "member", read: 0 } as const;
    const members = vi
      .spyOn(client.rooms, "members")
      .mockImplementation((_, { cursor } = {}) =>
        Promise.resolve(cursor === undefined ? { members: [], cursor: "2" } : { members: [far] }),
      );
    renderWithin(
      <Composer
        conversation={client.conversation("r:1")}
        name="room"
        onAboutEnd={() => undefined}
        nameOf={() => "mika"}
        refused={false}
        state={{ members: [haru, mika], memberCount: 300 }}
      />,
      { client },
    );
    expect(members).not.toHaveBeenCalled();
    await userEvent.type(screen.getByRole("textbox"), "@far");
    expect(await screen.findByRole("option", { name: "faraway" })).toBeTruthy();
    expect(members).toHaveBeenCalledTimes(2);
  });
});
