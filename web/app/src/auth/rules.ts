import type { Dictionary } from "../i18n/en.ts";
import { characters } from "../state/characters.ts";

/** The server's rules for names and passwords, in Unicode characters. */
const NAME = /^[\p{L}\p{M}\p{N}._-]{1,64}$/u;
const PASSWORD_MIN = 8;
const PASSWORD_MAX = 256;

/** What is wrong with a name, or nothing. */
export function nameProblem(name: string, t: Dictionary): string | undefined {
  const normal = name.normalize("NFKC");
  if (normal === "") return t.errors.nameRequired;
  return NAME.test(normal) ? undefined : t.errors.nameInvalid;
}

/** What is wrong with a new password, or nothing. */
export function passwordProblem(password: string, t: Dictionary): string | undefined {
  const length = characters(password);
  if (length === 0) return t.errors.passwordRequired;
  if (length < PASSWORD_MIN) return t.errors.passwordShort;
  return length > PASSWORD_MAX ? t.errors.passwordLong : undefined;
}
