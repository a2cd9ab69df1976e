import type { Person } from "@aizuchi/sdk";
import type { Dictionary } from "../i18n/en.ts";

/** A person's name, or a word for one whose name is not known yet. */
export function nameOf(person: Person | undefined, t: Dictionary): string {
  return person === undefined || person.username === "" ? t.people.unknown : person.username;
}
