import type { Locator, Page } from "playwright-core";

export const PASSWORD = "seven quiet herons";

/** The application in one tab, in English, by what a person can read of it. */
export class App {
  readonly page: Page;
  readonly list: Locator;
  readonly rows: Locator;
  readonly log: Locator;
  readonly composer: Locator;
  /** The pane of the open conversation. */
  readonly conversation: Locator;

  constructor(page: Page) {
    this.page = page;
    this.list = page.getByRole("navigation", { name: "Conversations" });
    this.rows = this.list.getByRole("listitem");
    this.conversation = page.getByRole("region", { name: /^Conversation with / });
    this.log = page.getByRole("log");
    this.composer = page.getByRole("textbox", { name: /^Message to / });
  }

  async signUp(name: string, password = PASSWORD): Promise<void> {
    await this.page.getByRole("button", { name: "Create account" }).click();
    await this.submit(name, password, "Create account");
    await this.list.waitFor();
  }

  async signIn(name: string, password = PASSWORD): Promise<void> {
    await this.submit(name, password, "Sign in");
    await this.list.waitFor();
  }

  /** Fills the form at hand and sends it, whatever comes of it. */
  async submit(name: string, password: string, button: string): Promise<void> {
    await this.page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
    await this.page.getByLabel("Password", { exact: true }).fill(password);
    await this.page.locator("form").getByRole("button", { name: button }).click();
  }

  async signOut(): Promise<void> {
    await this.openSettings();
    await this.page.getByRole("button", { name: "Sign out" }).click();
    await this.page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
    await this.page.getByRole("heading", { name: "Welcome back" }).waitFor();
  }

  async openSettings(): Promise<void> {
    await this.list.getByRole("link", { name: /^Settings/ }).click();
    await this.page.getByRole("heading", { name: "Settings" }).waitFor();
  }

  /** Opens a conversation by the name or id of the other one. */
  async start(partner: string): Promise<void> {
    await this.list.getByRole("button", { name: "New conversation" }).click();
    const dialog = this.page.getByRole("dialog", { name: "Start a conversation" });
    await dialog.getByRole("textbox", { name: "Name or id" }).fill(partner);
    await dialog.getByRole("button", { name: "Open conversation" }).click();
    await this.composer.waitFor();
  }

  /** The conversation with `name` in the list. */
  row(name: string): Locator {
    return this.list.getByRole("link", { name: new RegExp(`^${name}\\b`) });
  }

  async open(name: string): Promise<void> {
    await this.row(name).click();
    await this.composer.waitFor();
  }

  async send(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.conversation.getByRole("button", { name: "Send" }).click();
  }

  /** The messages in view that are sentences, oldest first. */
  async texts(): Promise<string[]> {
    return this.log
      .getByText(/^[A-Z].*[.?]$/)
      .filter({ hasNotText: "begins." })
      .allTextContents();
  }

  message(text: string | RegExp): Locator {
    return this.log.getByText(text, { exact: true });
  }

  /** How far one's own message has come, as its mark says it. */
  mark(text: string, state: "Sending" | "Sent" | "Read" | "Not sent"): Locator {
    return this.message(text).locator("..").getByRole("img", { name: state });
  }

  /** What stands under the partner's name. */
  presence(text: string): Locator {
    return this.conversation.getByText(text, { exact: true });
  }

  /** The line that tells of a connection that is away. */
  connectionLine(text: RegExp): Locator {
    return this.page.getByRole("status").filter({ hasText: text });
  }
}
