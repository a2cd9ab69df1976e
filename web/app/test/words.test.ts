import { describe, expect, test } from "vitest";
import { i18nOf } from "../src/i18n/index.tsx";
import { connectionText } from "../src/shell/connectionText.ts";
import { presenceText } from "../src/state/presence.ts";

const i18n = i18nOf("en", ["en-GB"]);
const { t } = i18n;

describe("presence", () => {
  const now = Date.now();

  test.each([
    [{ online: true, lastSeen: now - 90_000 }, "Online"],
    [{ online: false }, "Offline"],
    [{ online: false, lastSeen: now - 5_000 }, "Last seen just now"],
    [{ online: false, lastSeen: now - 5 * 60_000 }, "Last seen 5 minutes ago"],
  ])("%j reads %j", (presence, text) => {
    expect(presenceText(presence, now, i18n)).toBe(text);
  });
});

describe("a connection", () => {
  test.each([
    ["online", true, undefined],
    ["online", false, t.connection.offline],
    ["connecting", true, t.connection.connecting],
    ["connecting", false, t.connection.offline],
    ["waiting", true, t.connection.waiting],
    ["waiting", false, t.connection.offline],
    ["released", true, t.connection.released],
    ["ended", true, undefined],
    ["ended", false, undefined],
  ] as const)("that is %s (network: %j) reads %j", (status, networked, text) => {
    expect(connectionText(status, networked, t)).toBe(text);
  });
});
