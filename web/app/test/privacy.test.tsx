import { AizuchiError } from "@aizuchi/sdk";
import { act, screen, waitFor, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { fakeClient } from "../preview/fakeClient.ts";
import { PersonMenu } from "../src/privacy/PersonMenu.tsx";
import { PrivacySettings } from "../src/privacy/PrivacySettings.tsx";
import { haru, lone, mika, ren, renderWithin } from "./render.tsx";

const unavailable = (): Promise<never> =>
  Promise.reject(new AizuchiError({ code: "unavailable", error: "The database is busy." }));
const UNAVAILABLE = "The server cannot answer just now. Try again in a moment.";

test("who sees that one is there can be chosen", async () => {
  const { client } = renderWithin(<PrivacySettings />);
  const everyone = await screen.findByRole("radio", { name: "Everyone" });
  expect((everyone as HTMLInputElement).checked).toBe(true);
  await userEvent.click(screen.getByRole("radio", { name: "Nobody" }));
  expect(await client.privacy.audience()).toBe("nobody");
  expect(screen.getByRole<HTMLInputElement>("radio", { name: "Nobody" }).checked).toBe(true);
});

test("a choice that the server does not take goes back", async () => {
  const client = fakeClient(lone);
  vi.spyOn(client.privacy, "setAudience").mockImplementation(unavailable);
  renderWithin(<PrivacySettings />, { client });
  await userEvent.click(await screen.findByRole("radio", { name: "Nobody" }));
  expect(await screen.findByText(UNAVAILABLE)).toBeTruthy();
  expect(screen.getByRole<HTMLInputElement>("radio", { name: "Everyone" }).checked).toBe(true);
});

test("where the choice cannot be told, there is none to make", async () => {
  const client = fakeClient(lone);
  vi.spyOn(client.privacy, "audience").mockImplementation(unavailable);
  renderWithin(<PrivacySettings />, { client });
  expect(await screen.findByText(UNAVAILABLE)).toBeTruthy();
  expect(screen.queryByRole("radio")).toBeNull();
});

test("blocked people are listed by their names, and let go one by one", async () => {
  const gone = { sub: "u-gone", username: "Deleted user" };
  const client = fakeClient({ ...lone, blocked: [mika, gone] });
  renderWithin(<PrivacySettings />, { client, locale: "ja" });
  const names = (): (string | null)[] =>
    within(screen.getByRole("list"))
      .queryAllByRole("listitem")
      .map(({ firstChild }) => firstChild?.textContent ?? null);
  expect(names()).toEqual(["mika", "削除されたユーザー"]);
  await userEvent.click(screen.getByRole("button", { name: "mikaさんのブロックを解除" }));
  await waitFor(() => {
    expect(names()).toEqual(["削除されたユーザー"]);
  });
  await act(() => client.privacy.unblock(gone.sub));
  expect(screen.getByText("ブロックした人はいません。")).toBeTruthy();
});

test("an unblocking that fails is told beside the name", async () => {
  const client = fakeClient({ ...lone, blocked: [mika] });
  vi.spyOn(client.privacy, "unblock").mockImplementation(unavailable);
  renderWithin(<PrivacySettings />, { client });
  await userEvent.click(screen.getByRole("button", { name: "Unblock mika" }));
  const row = within(screen.getByRole("listitem"));
  expect(await row.findByText(UNAVAILABLE)).toBeTruthy();
});

test("a person is blocked from his menu", async () => {
  const { client } = renderWithin(<PersonMenu partner={ren} />);
  await userEvent.click(screen.getByRole("button", { name: "Block or report ren" }));
  await userEvent.click(screen.getByRole("button", { name: "Block" }));
  expect(client.privacy.blocked.getSnapshot()).toEqual([ren]);
  expect(screen.queryByRole("dialog")).toBeNull();
});

test("a report wants a reason of at most 500 characters", async () => {
  const client = fakeClient(lone);
  const report = vi.spyOn(client.privacy, "report");
  renderWithin(<PersonMenu partner={ren} />, { client });
  await userEvent.click(screen.getByRole("button", { name: "Block or report ren" }));
  const send = screen.getByRole("button", { name: "Report" });
  await userEvent.click(send);
  expect(screen.getByText("Say what happened.")).toBeTruthy();
  await userEvent.click(screen.getByLabelText("What happened?"));
  await userEvent.paste("𩸽".repeat(501));
  await userEvent.click(send);
  expect(screen.getByText("At most 500 characters.")).toBeTruthy();
  expect(report).not.toHaveBeenCalled();
  await userEvent.keyboard("{Backspace}");
  await userEvent.clear(screen.getByLabelText("What happened?"));
  await userEvent.paste("𩸽".repeat(500));
  await userEvent.click(send);
  expect(await screen.findByText("Thank you. Your report was sent.")).toBeTruthy();
  const [told] = report.mock.calls[0] ?? [];
  expect(told).toMatchObject({ sub: ren.sub, reason: "𩸽".repeat(500) });
  expect(told?.conversationId).toContain(haru.sub);
});
