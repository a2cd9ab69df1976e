import type { Observable } from "@aizuchi/sdk";
import { formatRoute, type Route } from "../shell/routes.ts";
import { navigate } from "../shell/useRoute.ts";
import { cell } from "../state/cell.ts";

const counted = cell(0);

/** How many jumps there were: one to a message that is open already is one too. */
export const jumps: Observable<number> = counted;

/** Shows a message where it stands. One step back leads to where one read before the first jump. */
export function jump(conversationId: string, at: number): void {
  const from: Route = { page: "conversation", conversationId };
  const here = location.pathname === formatRoute(from) && location.hash !== "";
  counted.set(counted.getSnapshot() + 1);
  navigate({ ...from, at }, { replace: here });
}
