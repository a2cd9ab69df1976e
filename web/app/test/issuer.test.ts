import { memoryStore } from "@aizuchi/sdk";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createIssuer } from "../src/state/issuer.ts";

const endSession = "https://issuer.example/logout?client_id=c";
const assign = vi.fn();

beforeEach(() => {
  const answer = (): Promise<Response> => Promise.resolve(Response.json({ endSession }));
  vi.stubGlobal("fetch", vi.fn(answer));
  vi.spyOn(location, "assign").mockImplementation(assign);
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  assign.mockClear();
});

describe("signing out of the issuer", () => {
  const issuer = () =>
    createIssuer(
      "https://chat.example",
      { kind: "oidc", authority: "i", clientId: "c", authorizeUrl: "https://issuer.example/a" },
      memoryStore(),
    );

  test("goes there, where somebody may be signed in", async () => {
    await issuer().signOut("token");
    expect(assign).toHaveBeenCalledWith(endSession);
  });

  test("stays here, where a form signed in: the issuer's pages know nothing of it", async () => {
    const at = issuer();
    at.passedBy();
    await at.signOut("token");
    expect(fetch).toHaveBeenCalledOnce();
    expect(assign).not.toHaveBeenCalled();
    await at.signOut("token");
    expect(assign).toHaveBeenCalledOnce();
  });
});
