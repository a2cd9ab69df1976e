import type { Person } from "@aizuchi/sdk";
import type { Dictionary } from "../i18n/en.ts";

/** The name that the server gives whoever deleted his account. No account can have it. */
const DELETED = "Deleted user";

/** Whether somebody deleted his account, by the name that is left. */
export function isDeleted(person: Person | undefined): boolean {
  return person?.username === DELETED;
}

/** A person's name, or a word for one who has none (any more), or whose name is not known yet. */
export function nameOf(person: Person | undefined, t: Dictionary): string {
  if (person === undefined || person.username === "") return t.people.unknown;
  return isDeleted(person) ? t.people.deleted : person.username;
}
