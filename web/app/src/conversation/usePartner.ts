import type { ConversationState, Person } from "@aizuchi/sdk";
import { useEffect, useState } from "react";
import { useClient } from "../state/context.tsx";
import { isCode } from "../state/failures.ts";

/**
 * Whom a conversation is with; undefined where there is no such person. One who has not been talked
 * with before is known by id only, and gets a name here: the name is empty until then.
 */
export function usePartner({ partner, loading }: ConversationState): Person | undefined {
  const client = useClient();
  const [nobody, setNobody] = useState<string>();
  const nameless = !loading && partner?.username === "" ? partner.sub : undefined;

  useEffect(() => {
    if (nameless === undefined) return;
    client.lookup({ sub: nameless }).then(client.openDirect, (error: unknown) => {
      // Any other failure leaves the name open, and the messages readable.
      if (isCode(error, "not_found") || isCode(error, "invalid_request")) setNobody(nameless);
    });
  }, [client, nameless]);

  return partner?.sub === nobody ? undefined : partner;
}
