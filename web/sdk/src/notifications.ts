import type { Notifications, Session, Wanted } from "./api.ts";
import { AizuchiError } from "./errors.ts";
import type { Http } from "./http.ts";

/** How one is told while away: calls of the server, in the name of who is signed in. */
export function createNotifications(http: Http, session: Session): Notifications {
  const path = (conversationId: string): string =>
    `/api/conversations/${encodeURIComponent(conversationId)}/notifications`;
  return {
    key: async () => {
      const token = await session.token();
      const answer = await http({ method: "GET", path: "/api/push/key", token });
      const { key } = (answer ?? {}) as Record<string, unknown>;
      if (typeof key !== "string") throw senseless();
      return key;
    },
    subscribe: async ({ endpoint, keys }, { preview }) => {
      const token = await session.token();
      const body = { endpoint, keys, preview };
      await http({ method: "PUT", path: "/api/push/subscriptions", token, body });
    },
    unsubscribe: async (endpoint) => {
      const token = await session.token();
      await http({ method: "DELETE", path: "/api/push/subscriptions", token, body: { endpoint } });
    },
    wanted: async (conversationId) => {
      const token = await session.token();
      const answer = await http({ method: "GET", path: path(conversationId), token });
      const { notifications } = (answer ?? {}) as Record<string, unknown>;
      if (!isWanted(notifications)) throw senseless();
      return notifications;
    },
    want: async (conversationId, notifications) => {
      const token = await session.token();
      await http({ method: "PUT", path: path(conversationId), token, body: { notifications } });
    },
  };
}

function isWanted(value: unknown): value is Wanted {
  return value === "all" || value === "mentions" || value === "none";
}

function senseless(): AizuchiError {
  return new AizuchiError({ code: "unavailable", error: "The server's answer makes no sense." });
}
