/** What can be turned on the page, by the names that the server has for it. */
export const sliders = {
  users: decades(10, 1_000_000),
  online: [0.01, 0.02, 0.05, ...range(0.1, 1, 0.05)],
  hours: [0.25, 0.5, ...range(1, 24, 1)],
  messages: [0, 1, 2, 5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1000],
  recipients: [0, 1, 2, 3, 5, 9, 10, 20, 50, 100, 200, 500],
  looking: range(0.05, 1, 0.05),
  visits: [0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 50, 100],
  bytes: [50, 100, 200, 400, 600, 1000, 2000, 4000, 8000, 16_000, 32_000],
  poll: [1, 2, 3, 5, 10, 15, 20, 30, 60, 120, 300],
  "keep-alive": [15, 25, 30, 45, 60, 90, 120, 180, 240, 300],
  months: [1, 3, 6, 12, 24, 36, 60, 120],
} as const satisfies Record<string, readonly number[]>;

export type SliderName = keyof typeof sliders;

export const regions = ["ap-northeast-1", "us-east-1"] as const;
export const tiers = ["lite", "essentials"] as const;

/** What is asked. */
export interface Question extends Readonly<Record<SliderName, number>> {
  readonly region: (typeof regions)[number];
  readonly cognito: (typeof tiers)[number];
  readonly freeTiers: boolean;
}

/** As the server fills in what is left out. */
export const middling: Question = {
  region: "ap-northeast-1",
  users: 1000,
  online: 0.3,
  hours: 8,
  messages: 30,
  recipients: 1,
  looking: 0.25,
  visits: 6,
  bytes: 600,
  poll: 10,
  "keep-alive": 240,
  months: 12,
  cognito: "lite",
  freeTiers: false,
};

const names = Object.keys(sliders) as SliderName[];

/** Writes what differs from the middling question. */
export function formatQuestion(question: Question): string {
  const query = new URLSearchParams();
  for (const name of names) {
    if (question[name] !== middling[name]) query.set(name, String(question[name]));
  }
  for (const name of ["region", "cognito"] as const) {
    if (question[name] !== middling[name]) query.set(name, question[name]);
  }
  if (question.freeTiers) query.set("free-tiers", "on");
  return query.toString();
}

/** Reads it back, and passes over what cannot be turned on the page. */
export function parseQuestion(search: string): Question {
  const query = new URLSearchParams(search);
  const numbers = names.map((name) => {
    const value = Number(query.get(name) ?? NaN);
    const steps: readonly number[] = sliders[name];
    return [name, steps.includes(value) ? value : middling[name]] as const;
  });
  const word = <T extends string>(name: string, known: readonly [T, ...T[]]): T =>
    known.find((one) => one === query.get(name)) ?? known[0];
  return {
    ...middling,
    ...Object.fromEntries(numbers),
    region: word("region", regions),
    cognito: word("cognito", tiers),
    freeTiers: query.get("free-tiers") === "on",
  };
}

/** Round numbers, eight to a power of ten. */
function decades(from: number, to: number): number[] {
  const steps: number[] = [];
  for (let power = from; power < to; power *= 10) {
    steps.push(...[1, 1.5, 2, 3, 4, 5, 6, 8].map((step) => step * power));
  }
  return [...steps, to];
}

function range(from: number, to: number, by: number): number[] {
  const count = Math.round((to - from) / by);
  // Written as people write them: 0.3, not 0.30000000000000004.
  return Array.from({ length: count + 1 }, (_, i) => Number((from + i * by).toFixed(2)));
}
