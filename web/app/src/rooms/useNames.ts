import type { Client, MessageView, Person } from "@aizuchi/sdk";
import { useEffect, useMemo, useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { useClient } from "../state/context.tsx";
import { nameOf } from "../state/people.ts";

/** Of people who are named nowhere: what lookups told, for as long as the page lives. */
const found = new WeakMap<Client, Map<string, string>>();

function foundBy(client: Client): Map<string, string> {
  const names = found.get(client) ?? new Map<string, string>();
  found.set(client, names);
  return names;
}

/** Names the people of a conversation by their ids. Those whom nothing here names are looked up. */
export function useNames(
  members: readonly Person[],
  messages: readonly Pick<MessageView, "fromSub" | "change">[],
): (sub: string) => string {
  const client = useClient();
  const { t } = useI18n();
  const [, setFound] = useState(0);
  const looked = foundBy(client);
  const told = useMemo(() => {
    const names = new Map<string, string>();
    for (const { change } of messages) {
      if (!change || !("members" in change)) continue;
      for (const { sub, username } of change.members) names.set(sub, username);
    }
    for (const { sub, username } of [...members, client.self]) {
      if (username !== "") names.set(sub, username);
    }
    return names;
  }, [client, members, messages]);
  const missing = useMemo(() => {
    const subs = new Set(messages.map(({ fromSub }) => fromSub));
    return [...subs].filter((sub) => !told.has(sub)).join("\n");
  }, [messages, told]);

  useEffect(() => {
    let over = false;
    const look = async (): Promise<void> => {
      for (const sub of missing.split("\n")) {
        if (over || sub === "" || looked.has(sub)) continue;
        looked.set(sub, "");
        const person = await client.lookup({ sub }).catch(() => undefined);
        if (!person) continue;
        looked.set(sub, person.username);
        setFound((count) => count + 1);
      }
    };
    void look();
    return () => {
      over = true;
    };
  }, [client, looked, missing]);

  return (sub) => nameOf({ sub, username: told.get(sub) ?? looked.get(sub) ?? "" }, t);
}
