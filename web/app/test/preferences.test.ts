import { memoryStore } from "@aizuchi/sdk";
import { expect, test, vi } from "vitest";
import { createPreferences } from "../src/state/preferences.ts";

test("choices outlive the page", () => {
  const storage = memoryStore();
  createPreferences(storage).set({ theme: "dark", locale: "ja", notify: true });
  expect(createPreferences(storage).getSnapshot()).toEqual({
    theme: "dark",
    locale: "ja",
    notify: true,
  });
});

test("a choice can be given back to the system", () => {
  const preferences = createPreferences(memoryStore());
  preferences.set({ theme: "dark", locale: "ja" });
  preferences.set({ theme: undefined });
  expect(preferences.getSnapshot()).toEqual({ locale: "ja" });
});

test.each(["", "no json", "null", "[]", '{"theme":"pink","locale":"xx","notify":"yes"}'])(
  "what is stored and not understood (%j) counts for nothing",
  (text) => {
    const storage = memoryStore();
    storage.set("aizuchi.preferences", text);
    expect(createPreferences(storage).getSnapshot()).toEqual({});
  },
);

test("what another tab chooses is followed", () => {
  const storage = memoryStore();
  const here = createPreferences(storage);
  const listener = vi.fn();
  here.subscribe(listener);
  createPreferences(storage).set({ theme: "light" });
  here.reread();
  expect(here.getSnapshot()).toEqual({ theme: "light" });
  expect(listener).toHaveBeenCalledOnce();
});
