import { AizuchiError, type Hit, type MessageView, type Search } from "@aizuchi/sdk";

const PAGE = 5;

/** Finds a text as it is in what was said, the newest first. */
export function fakeSearch(history: ReadonlyMap<string, readonly MessageView[]>): Search {
  return (query, { conversationId, cursor = "0" } = {}) => {
    if (query === "fails") {
      return Promise.reject(new AizuchiError({ code: "unavailable", error: "Not now." }));
    }
    const all: Hit[] = [];
    for (const [id, messages] of history) {
      if (conversationId !== undefined && id !== conversationId) continue;
      for (const { seq, text, fromSub, timestamp } of messages) {
        const from = text.toLowerCase().indexOf(query.toLowerCase());
        if (seq === undefined || from < 0) continue;
        all.push({
          conversationId: id,
          seq,
          messageId: `${id} ${seq}`,
          fromSub,
          timestamp,
          excerpt: text.replaceAll("\n", " "),
          highlights: [[from, from + query.length]],
        });
      }
    }
    all.sort((a, b) => b.timestamp - a.timestamp);
    const end = Number(cursor) + PAGE;
    const hits = all.slice(Number(cursor), end);
    return Promise.resolve(end < all.length ? { hits, cursor: String(end) } : { hits });
  };
}
