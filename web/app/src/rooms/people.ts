import { AizuchiError, type Client } from "@aizuchi/sdk";
import { findPerson } from "../start/findPerson.ts";

/** One of several names or ids is nobody's. */
export class NobodyError extends Error {
  readonly text: string;

  constructor(text: string) {
    super(`There is no ${text}.`);
    this.text = text;
  }
}

/** The names or ids in a text, which commas or spaces part. */
export function namesIn(text: string): string[] {
  return text.split(/[\s,、，]+/).filter((name) => name !== "");
}

/** The ids of those whom a text names. */
export async function findPeople(client: Client, text: string): Promise<string[]> {
  const subs = new Set<string>();
  for (const name of namesIn(text)) {
    try {
      subs.add((await findPerson(client, name)).sub);
    } catch (error) {
      const { code } = error instanceof AizuchiError ? error : { code: undefined };
      if (code === "not_found" || code === "invalid_request") throw new NobodyError(name);
      throw error;
    }
  }
  subs.delete(client.self.sub);
  return [...subs];
}
