import type { ConnectionState } from "@aizuchi/sdk";
import type { Dictionary } from "../i18n/en.ts";

/** What there is to say about a connection, if anything. */
export function connectionText(
  status: ConnectionState["status"],
  networked: boolean,
  t: Dictionary,
): string | undefined {
  if (status === "ended") return undefined;
  if (!networked) return t.connection.offline;
  if (status === "online") return undefined;
  if (status === "connecting") return t.connection.connecting;
  return status === "waiting" ? t.connection.waiting : t.connection.released;
}
