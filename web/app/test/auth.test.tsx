import { AizuchiError, type Failure } from "@aizuchi/sdk";
import { screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";
import { fakeAccount } from "../preview/scenes.ts";
import { AuthPage } from "../src/auth/AuthPage.tsx";
import { renderWithin } from "./render.tsx";

function page(invited: boolean, failure?: Failure) {
  const account = fakeAccount({ status: "signedOut", ended: false });
  const answer = () =>
    failure ? Promise.reject(new AizuchiError(failure)) : Promise.resolve(undefined);
  const signIn = vi.fn(answer);
  const signUp = vi.fn(answer);
  renderWithin(<AuthPage invited={invited} ended={false} />, {
    account: { ...account, signIn, signUp },
  });
  return { signIn, signUp };
}

const nameField = () => screen.getByRole<HTMLInputElement>("textbox", { name: "Name" });
const passwordField = () => screen.getByLabelText<HTMLInputElement>("Password");

/** What stands beside a field. */
function noteOf(field: HTMLElement): string | undefined {
  const id = field.getAttribute("aria-describedby");
  return id === null ? undefined : (document.getElementById(id)?.textContent ?? undefined);
}

describe("signing in", () => {
  test("hands on what was entered", async () => {
    const { signIn } = page(false);
    await userEvent.type(nameField(), " haru ");
    await userEvent.type(passwordField(), "open sesame{Enter}");
    expect(signIn).toHaveBeenCalledWith("haru", "open sesame");
  });

  test("says beside each field what is missing, and goes to the first", async () => {
    const { signIn } = page(false);
    await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
    expect(noteOf(nameField())).toBe("Enter a name.");
    expect(noteOf(passwordField())).toBe("Enter your password.");
    expect(document.activeElement).toBe(nameField());
    expect(signIn).not.toHaveBeenCalled();
    await userEvent.type(nameField(), "h");
    expect(nameField().getAttribute("aria-invalid")).toBeNull();
  });

  test("does not tell a wrong name from a wrong password", async () => {
    page(false, { code: "unauthorized", error: "No." });
    await userEvent.type(nameField(), "haru");
    await userEvent.type(passwordField(), "open sesame{Enter}");
    expect(screen.getByRole("alert").textContent).toBe("The name or the password is not right.");
  });

  test("says how long to wait", async () => {
    page(false, { code: "rate_limited", error: "Slow down.", retryAfterMs: 12_100 });
    await userEvent.type(nameField(), "haru");
    await userEvent.type(passwordField(), "open sesame{Enter}");
    expect(screen.getByRole("alert").textContent).toBe("Too many tries. Try again in 13 seconds.");
  });
});

describe("signing up", () => {
  test("is offered first to those who follow an invitation, with the rules", () => {
    page(true);
    expect(screen.getByRole("heading").textContent).toBe("Create your account");
    expect(noteOf(nameField())).toContain("1 to 64");
    expect(noteOf(passwordField())).toContain("8 to 256");
    expect(passwordField().autocomplete).toBe("new-password");
  });

  test.each([
    [
      "two words",
      "open sesame",
      "Use letters, digits, dots, hyphens and underscores only, 64 at most.",
    ],
    [
      "x".repeat(65),
      "open sesame",
      "Use letters, digits, dots, hyphens and underscores only, 64 at most.",
    ],
    ["haru", "short", "Use at least 8 characters."],
    ["haru", "🗝️".repeat(3), "Use at least 8 characters."],
  ])("refuses %j with %j", async (name, password, problem) => {
    const { signUp } = page(true);
    await userEvent.type(nameField(), name);
    await userEvent.type(passwordField(), password);
    await userEvent.click(screen.getByRole("button", { name: "Create account" }));
    expect(screen.getByText(problem)).toBeTruthy();
    expect(signUp).not.toHaveBeenCalled();
  });

  test("takes names of any script", async () => {
    const { signUp } = page(true);
    await userEvent.type(nameField(), "愛子_2.x-y");
    await userEvent.type(passwordField(), "ひらけごまひらけごま{Enter}");
    expect(signUp).toHaveBeenCalledWith("愛子_2.x-y", "ひらけごまひらけごま");
  });

  test("says beside the name that it is taken", async () => {
    page(true, { code: "conflict", error: "Taken." });
    await userEvent.type(nameField(), "haru");
    await userEvent.type(passwordField(), "open sesame{Enter}");
    expect(noteOf(nameField())).toBe("This name is taken. Choose another one.");
  });
});

describe("another issuer's sign-in", () => {
  function issued(problem?: Failure, byForm = false) {
    const account = fakeAccount({ status: "signedOut", ended: false });
    const goToIssuer = vi.fn(account.goToIssuer);
    renderWithin(<AuthPage invited={false} ended={false} problem={problem} />, {
      account: { ...account, byIssuer: () => true, byForm: () => byForm, goToIssuer },
    });
    return goToIssuer;
  }

  test("is one button, and no form", async () => {
    const goToIssuer = issued();
    expect(screen.queryByRole("textbox")).toBeNull();
    expect(screen.queryByText("New here?")).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
    expect(goToIssuer).toHaveBeenCalledOnce();
    expect(screen.getByRole("alert").textContent).toContain("cannot answer just now");
  });

  test("is the other way beside forms", async () => {
    const goToIssuer = issued({ code: "forbidden", error: "No." }, true);
    expect(nameField()).toBeTruthy();
    expect(screen.getAllByRole("heading", { level: 1 })).toHaveLength(1);
    expect(screen.getByRole("alert").textContent).toContain("You were not signed in.");
    await userEvent.click(screen.getByRole("button", { name: "Other ways to sign in" }));
    expect(goToIssuer).toHaveBeenCalledOnce();
  });

  test.each([
    ["invalid_request", "took too long"],
    ["forbidden", "You were not signed in."],
    ["unavailable", "cannot answer just now"],
  ] as const)("says what came of it: %s", (code, text) => {
    issued({ code, error: "No." });
    expect(screen.getByRole("alert").textContent).toContain(text);
  });
});

test("a password can be looked at", async () => {
  page(false);
  await userEvent.click(screen.getByRole("button", { name: "Show password" }));
  expect(passwordField().type).toBe("text");
  await userEvent.click(screen.getByRole("button", { name: "Hide password" }));
  expect(passwordField().type).toBe("password");
});
