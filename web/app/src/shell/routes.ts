/** The places in the application, as its addresses name them. */
export type Route =
  | { page: "home" }
  | {
      page: "conversation";
      conversationId: string;
      /** The message to show. */
      at?: number;
    }
  | { page: "settings" }
  | { page: "estimate" }
  | { page: "invite"; sub: string }
  /** A link into a room: taken out of the address as soon as somebody is signed in. */
  | { page: "join"; secret: string };

/** Reads an address. What is no place of ours is home. */
export function parseRoute(pathname: string, hash: string): Route {
  const fragment = new URLSearchParams(hash.replace(/^#/, ""));
  const [first, second, ...rest] = pathname.split("/").slice(1);
  if (first === "c" && second && rest.length === 0) {
    const conversationId = decode(second);
    if (conversationId) {
      const at = Number(fragment.get("m"));
      const known = Number.isSafeInteger(at) && at > 0;
      return { page: "conversation", conversationId, ...(known && { at }) };
    }
  }
  if (first === "settings" && second === undefined) return { page: "settings" };
  if (first === "estimate" && second === undefined) return { page: "estimate" };
  if (first === "invite" && second === undefined) {
    const sub = fragment.get("u");
    if (sub) return { page: "invite", sub };
  }
  if (first === "" && second === undefined) {
    const secret = fragment.get("join");
    if (secret) return { page: "join", secret };
  }
  return { page: "home" };
}

/** Writes an address; `parseRoute` reads it back. */
export function formatRoute(route: Route): string {
  switch (route.page) {
    case "home":
      return "/";
    case "conversation":
      return `/c/${encodeURIComponent(route.conversationId)}${route.at ? `#m=${route.at}` : ""}`;
    case "settings":
      return "/settings";
    case "estimate":
      return "/estimate";
    case "invite":
      // In the fragment, so that who invites whom is in no server's log.
      return `/invite#${new URLSearchParams({ u: route.sub })}`;
    case "join":
      return `/#${new URLSearchParams({ join: route.secret })}`;
  }
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
