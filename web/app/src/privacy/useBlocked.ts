import { useClient, useObservable } from "../state/context.tsx";

/** Whether one blocks this person. */
export function useBlocked(sub: string | undefined): boolean {
  const blocked = useObservable(useClient().privacy.blocked);
  return blocked?.some((person) => person.sub === sub) ?? false;
}
