/** What `GET /api/estimate` answers, as far as the page reads it: `crates/estimate` has the meanings. */
export interface Answer {
  readonly usage: { readonly users: number };
  readonly options: readonly Option[];
  readonly crossings: readonly Crossing[];
  readonly curves: Curves;
  readonly unitCosts: readonly { readonly thousand: Thousand; readonly usd: number }[];
  readonly prices: readonly Price[];
  readonly uncounted: readonly Uncounted[];
}

/** A way to run a chat. */
export interface Option {
  /** One of `OwnWay`, or a vendor's. */
  readonly id: string;
  readonly name?: string;
  readonly machine?: string;
  readonly usd: number | null;
  readonly usdEach: number | null;
  readonly reason?: Reason;
  readonly remarks: readonly Remark[];
  readonly causes: readonly {
    readonly cause: Cause;
    readonly usd: number;
    readonly share: number;
  }[];
  readonly items: readonly {
    readonly item: string;
    readonly quantity: number;
    readonly usd: number;
    readonly share: number;
  }[];
}

export const ownWays = ["serverless", "released", "polling", "one-box"] as const;
export type OwnWay = (typeof ownWays)[number];

export function isOwn(id: string): id is OwnWay {
  return (ownWays as readonly string[]).includes(id);
}

export type Reason =
  { readonly code: "beyond-plan"; readonly users: number } | { readonly code: "beyond-machines" };

export type Remark =
  | { readonly code: "peak-connections"; readonly most: number; readonly expected: number }
  | { readonly code: "unconfirmed" };

/** From so many people on, `cheaper` is so. */
export interface Crossing {
  readonly users: number;
  readonly cheaper: string;
  readonly than: string;
}

export interface Curves {
  readonly users: readonly number[];
  readonly series: readonly Series[];
}

export interface Series {
  readonly id: string;
  readonly usd: readonly (number | null)[];
}

export interface Price {
  readonly id: string;
  readonly name?: string;
  readonly usd: number;
  readonly per: number;
  readonly unit: string;
  readonly free: number;
  readonly date: string | null;
  readonly source: string;
  readonly at: string;
  readonly freshness: Freshness;
}

export type Freshness = "current" | "old" | "undated" | "given";

export type Cause =
  | "staying"
  | "keep-alive"
  | "coming"
  | "opening"
  | "sending"
  | "reading"
  | "typing"
  | "polling"
  | "keeping"
  | "accounts"
  | "page"
  | "machine"
  | "traffic"
  | "plan";

export type Thousand =
  | "messages"
  | "messages-talked"
  | "connection-hours"
  | "connection-hours-away"
  | "connection-hours-looking"
  | "comings"
  | "polling-hours";

export type Uncounted = "taxes" | "disk" | "backups" | "page-requests" | "watching" | "work";

/** Asks the server. Rejects where it does not answer with an estimate. */
export async function ask(query: string, signal: AbortSignal): Promise<Answer> {
  const response = await fetch(`/api/estimate?${query}`, { signal });
  if (!response.ok) throw new Error(`The server answered with ${response.status}.`);
  return (await response.json()) as Answer;
}
