import { act, fireEvent, screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import fixture from "../../../fixtures/estimate/answer.json";
import type { Answer, Option } from "../src/estimate/answer.ts";
import EstimatePage from "../src/estimate/EstimatePage.tsx";
import { formatQuestion, middling, parseQuestion, sliders } from "../src/estimate/question.ts";
import { numbersOf } from "../src/estimate/numbers.ts";
import { words } from "../src/estimate/words/index.ts";
import type { Locale } from "../src/i18n/index.tsx";
import { renderWithin } from "./render.tsx";

// What the server answers: a test of crates/estimate holds it fresh.
const answer = fixture as unknown as Answer;
const { usd, percent, count } = numbersOf("en");

function wayOf(id: string): Option {
  const way = answer.options.find((option) => option.id === id);
  if (!way) throw new Error(`The fixture has no ${id}.`);
  return way;
}

/** What a way costs, as the page writes it. */
const cost = (id: string): string => usd(wayOf(id).usd ?? NaN);
const serverless = cost("serverless");

/** A server whose answers are given by hand. */
class Server {
  readonly asked: { query: string; signal: AbortSignal; give: (response: Response) => void }[] = [];

  readonly fetch = (url: string, { signal }: { signal: AbortSignal }): Promise<Response> =>
    new Promise((give, refuse) => {
      const [path, query = ""] = url.split("?");
      expect(path).toBe("/api/estimate");
      signal.addEventListener("abort", () => {
        refuse(new DOMException("Aborted", "AbortError"));
      });
      this.asked.push({ query, signal, give });
    });

  /** Answers the last question. */
  async answers(with_: Answer | number = answer): Promise<void> {
    const last = this.asked.at(-1);
    if (!last) throw new Error("Nothing was asked.");
    await act(async () => {
      last.give(
        typeof with_ === "number" ? new Response("", { status: with_ }) : Response.json(with_),
      );
      await vi.advanceTimersByTimeAsync(0);
    });
  }
}

let server: Server;

beforeEach(() => {
  vi.useFakeTimers();
  server = new Server();
  vi.stubGlobal("fetch", server.fetch);
  history.replaceState(null, "", "/estimate");
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const rest = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
const slider = (name: string | RegExp) => screen.getByRole<HTMLInputElement>("slider", { name });
const turn = (name: string | RegExp, step: number) =>
  fireEvent.change(slider(name), { target: { value: String(step) } });
const row = (name: string | RegExp) => screen.getByRole("row", { name });

async function open(locale: Locale = "en"): Promise<void> {
  renderWithin(<EstimatePage />, { locale });
  await rest(0);
  await server.answers();
}

describe("the page", () => {
  test("shows what the server has computed", async () => {
    renderWithin(<EstimatePage />);
    expect(screen.getByRole("status").textContent).toBe("Calculating…");
    await rest(0);
    expect(server.asked.map(({ query }) => query)).toEqual([""]);
    await server.answers();
    expect(screen.getByRole("status").textContent).toBe(
      `With 1,000 people, “One box (t4g.micro)” is cheapest: ${cost("one-box")} a month.`,
    );
    const first = wayOf("serverless").causes[0];
    expect(row(/^Serverless \$/).textContent).toContain(
      `Signs of life ${percent(first?.share ?? 0)}`,
    );
    expect(row(/^Sendbird Pro.*Allows 250 connections at once/)).toBeTruthy();
    const crossing = answer.crossings.find(({ than }) => than === "serverless");
    const from = `From ${count(crossing?.users ?? 0)} people on, One box is cheaper than Serverless.`;
    expect(screen.getByText(from)).toBeTruthy();
    expect(row(/socket messages/).textContent).toContain("More than a year old");
    expect(document.title).toBe("What a chat costs · Aizuchi");
  });

  test("asks when a slider has come to rest, and keeps the last answer until then", async () => {
    await open();
    turn("People", 0);
    turn("People", 1);
    await rest(149);
    expect(server.asked).toHaveLength(1);
    expect(screen.getByText(serverless)).toBeTruthy();
    await rest(1);
    expect(server.asked[1]?.query).toBe("users=15");
    const options = answer.options.map((way) =>
      way.id === "serverless" ? { ...way, usd: 0.3348 } : way,
    );
    await server.answers({ ...answer, options });
    expect(screen.getByText("$0.335")).toBeTruthy();
    expect(location.search).toBe("?users=15");
  });

  test("takes no answer to an earlier question", async () => {
    await open();
    turn("People", 1);
    await rest(150);
    turn("People", 2);
    await rest(150);
    expect(server.asked.map(({ signal }) => signal.aborted)).toEqual([true, true, false]);
  });

  test("says when the first answer does not come, and asks again", async () => {
    renderWithin(<EstimatePage />);
    await rest(0);
    await server.answers(500);
    expect(screen.getByRole("alert").textContent).toContain("could not be loaded");
    fireEvent.click(screen.getByRole("button", { name: "Try again" }));
    await rest(150);
    await server.answers();
    expect(screen.queryByRole("alert")).toBeNull();
    expect(screen.getByText(serverless)).toBeTruthy();
  });

  test("keeps the last answer when a later one does not come, and says so", async () => {
    await open();
    turn("Messages a day from each", 0);
    await rest(150);
    await server.answers(503);
    expect(screen.getByRole("alert").textContent).toContain("This is the last answer");
    expect(screen.getByText(serverless)).toBeTruthy();
  });

  test("begins with the question of its address", async () => {
    history.replaceState(null, "", "/estimate?users=5000&region=us-east-1&free-tiers=on&hours=99");
    await open();
    expect(server.asked[0]?.query).toBe("users=5000&region=us-east-1&free-tiers=on");
    expect(slider("People").getAttribute("aria-valuetext")).toBe("5,000 people");
  });

  test("shows what drives the way that is chosen", async () => {
    await open();
    vi.useRealTimers();
    const polling = screen.getByRole("button", { name: "Serverless, polling" });
    await userEvent.click(polling);
    expect(polling.getAttribute("aria-pressed")).toBe("true");
    const title = screen.getByRole("heading", { name: "What drives it: Serverless, polling" });
    const section = title.closest("section");
    if (!section) throw new Error("The heading stands alone.");
    const bars = within(within(section).getByRole("list", { name: "By what is done" }));
    expect(bars.getAllByRole("listitem")[0]?.textContent).toMatch(/^Polls\$\d+\.\d\d\d+%$/);
  });

  test("draws a line for each way, and says in words what it shows", async () => {
    await open();
    const picture = screen.getByRole("img", { name: /^Two logarithmic scales/ });
    expect(picture.getAttribute("aria-label")).toContain(
      `With 1,000 people: Serverless ${serverless},`,
    );
    expect(picture.querySelectorAll("path")).toHaveLength(answer.options.length);
    expect(picture.innerHTML).not.toContain("NaN");
  });

  test("speaks Japanese", async () => {
    await open("ja");
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("チャットにかかる費用");
    expect(slider("人数").getAttribute("aria-valuetext")).toBe("1,000人");
  });
});

describe("a question", () => {
  test("is found again by its address", () => {
    const question = { ...middling, users: 80, "keep-alive": 60, cognito: "essentials" } as const;
    expect(formatQuestion(question)).toBe("users=80&keep-alive=60&cognito=essentials");
    expect(parseQuestion(`?${formatQuestion(question)}`)).toEqual(question);
    expect(parseQuestion("?users=7&users=x&online=&region=mars&nonsense=1")).toEqual(middling);
  });

  test("begins on a step of every slider", () => {
    for (const [name, steps] of Object.entries(sliders)) {
      expect(steps, name).toContain(middling[name as keyof typeof sliders]);
      expect(
        [...steps].sort((a, b) => a - b),
        name,
      ).toEqual(steps);
    }
  });
});

test("money has the digits that matter", () => {
  expect([0, 0.013608, 0.34, 19.418, 1234.5].map(usd)).toEqual([
    "$0.00",
    "$0.0136",
    "$0.34",
    "$19.42",
    "$1,235",
  ]);
});

describe("words", () => {
  /** Every entry by its path; functions are called with something to show. */
  function entries(node: unknown, path = ""): [path: string, text: string][] {
    if (typeof node === "string") return [[path, node]];
    if (typeof node === "function") {
      return [[path, String((node as (...values: unknown[]) => unknown)(3, "x", "y"))]];
    }
    return Object.entries(node as object).flatMap(([key, value]) =>
      entries(value, `${path}.${key}`),
    );
  }

  test("are there in both languages", () => {
    const english = entries(words.en);
    const japanese = new Map(entries(words.ja));
    expect([...japanese.keys()].sort()).toEqual(english.map(([path]) => path).sort());
    const shared = new Set([
      ".tiers.lite",
      ".tiers.essentials",
      ".sources.rePost",
      ".freshness.current",
    ]);
    for (const [path, text] of english) {
      if (!shared.has(path)) expect(japanese.get(path), path).not.toBe(text);
    }
  });

  test("name everything that the answer has", () => {
    for (const option of answer.options) {
      for (const { cause } of option.causes) expect(words.en.causes[cause]).toBeTruthy();
      for (const { item } of option.items) expect(words.en.items[item], item).toBeTruthy();
    }
    for (const { thousand } of answer.unitCosts) expect(words.en.thousands[thousand]).toBeTruthy();
    for (const one of answer.uncounted) expect(words.en.uncounted[one]).toBeTruthy();
  });
});
