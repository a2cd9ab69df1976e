import { AizuchiError, type Failure } from "@aizuchi/sdk";
import { screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, describe, expect, test, vi } from "vitest";
import { fakeClient } from "../preview/fakeClient.ts";
import { fakeAccount } from "../preview/scenes.ts";
import { createExporting, type Part, type Sink } from "../src/settings/exporting.ts";
import { Export } from "../src/settings/Export.tsx";
import { lone, renderWithin } from "./render.tsx";

const parts: Record<string, string> = {
  "": '{"profile":{}}\n{"entry":{"message":"\\n"}}\n{"more":"1"}\n',
  "1": '{"more":"2"}\n',
  "2": '{"entry":{}}\n{"end":true}\n',
};
const part: Part = (after = "") => Promise.resolve(parts[after] ?? "");
const whole = '{"profile":{}}\n{"entry":{"message":"\\n"}}\n{"entry":{}}\n{"end":true}\n';

function noting(): Sink & { text: string; closed: boolean } {
  const noted = {
    text: "",
    closed: false,
    write: (lines: string) => {
      noted.text += lines;
      return Promise.resolve();
    },
    close: () => {
      noted.closed = true;
      return Promise.resolve();
    },
  };
  return noted;
}

const failing = ({ code }: Pick<Failure, "code">): Promise<never> =>
  Promise.reject(new AizuchiError({ code, error: "No." }));

describe("an export", () => {
  test("is its parts without what joins them", async () => {
    const sink = noting();
    const told: number[] = [];
    await createExporting(part, sink).run((bytes) => told.push(bytes));
    expect(sink.text).toBe(whole);
    expect(sink.closed).toBe(true);
    expect(told).toEqual([42, 42, 68]);
  });

  test("goes on where it stopped", async () => {
    const sink = noting();
    let broken = true;
    const exporting = createExporting((after) => {
      if (after !== "2" || !broken) return part(after);
      broken = false;
      return failing({ code: "unavailable" });
    }, sink);
    await expect(exporting.run(() => undefined)).rejects.toThrow("No.");
    expect(sink.closed).toBe(false);
    await exporting.run(() => undefined);
    expect(sink.text).toBe(whole);
  });

  test("takes no part that is cut off", async () => {
    const sink = noting();
    const cut = createExporting(() => Promise.resolve('{"profile":{}}\n{"ent'), sink);
    await expect(cut.run(() => undefined)).rejects.toMatchObject({ code: "unavailable" });
    expect(sink.text).toBe("");
  });
});

describe("the button", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  function shown(exportPart: Part) {
    const account = fakeAccount({ status: "signedIn", client: fakeClient(lone) });
    const own = { ...account.own(), exportPart };
    renderWithin(<Export />, { account: { ...account, own: () => own } });
    return userEvent.click(screen.getByRole("button", { name: "Export" }));
  }

  test("downloads a file, and says so", async () => {
    let saved: Blob | undefined;
    vi.spyOn(URL, "createObjectURL").mockImplementation((blob) => {
      saved = blob as Blob;
      return "blob:x";
    });
    await shown(part);
    expect(await screen.findByText("Done: 1 kB.")).toBeTruthy();
    expect(await saved?.text()).toBe(whole);
  });

  test("writes to the file that one chooses", async () => {
    const sink = noting();
    const picker = vi.fn(() => Promise.resolve({ createWritable: () => Promise.resolve(sink) }));
    vi.stubGlobal("showSaveFilePicker", picker);
    await shown(part);
    expect(await screen.findByText("Done: 1 kB.")).toBeTruthy();
    expect([sink.text, sink.closed]).toEqual([whole, true]);
  });

  test("asks for nothing where one chooses none", async () => {
    vi.stubGlobal("showSaveFilePicker", () =>
      Promise.reject(new DOMException("Not this time.", "AbortError")),
    );
    const asked = vi.fn(part);
    await shown(asked);
    expect(asked).not.toHaveBeenCalled();
    expect(screen.queryByRole("alert")).toBeNull();
  });

  test("says that it was too early, or lets one go on", async () => {
    await shown(() => failing({ code: "rate_limited" }));
    expect(await screen.findByText("You can export once an hour. Try again later.")).toBeTruthy();
    expect(screen.getByRole("button", { name: "Export" })).toBeTruthy();
  });

  test("lets one go on after a failure", async () => {
    vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:x");
    let tries = 0;
    await shown((after) => (++tries === 2 ? failing({ code: "unavailable" }) : part(after)));
    await userEvent.click(await screen.findByRole("button", { name: "Go on" }));
    expect(await screen.findByText("Done: 1 kB.")).toBeTruthy();
  });
});
