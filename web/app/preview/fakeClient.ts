import {
  AizuchiError,
  type Audience,
  type Client,
  type ClientEvents,
  type ConnectionState,
  type Conversation,
  type ConversationList,
  type ConversationState,
  type ConversationSummary,
  conversationIdOf,
  type MessageView,
  type Person,
  type Presence,
  type SendOptions,
  type Wanted,
} from "@aizuchi/sdk";
import { type Cell, cell } from "../src/state/cell.ts";
import type { FakeWorld } from "./fakeWorld.ts";
import { fakePlace } from "./fakePlace.ts";
import { fakeFiles } from "./fakeFiles.ts";
import { fakeRooms } from "./fakeRooms.ts";
import { fakeSearch } from "./fakeSearch.ts";

/** How many messages a page of the fake has. */
const PAGE = 50;

export type * from "./fakeWorld.ts";

/** A client without a server: what is done to it shows at once, and tests can look at it. */
export interface FakeClient extends Client {
  /** The partner says something. */
  readonly receive: (partner: Person, text: string) => void;
  readonly setConnection: (state: ConnectionState) => void;
  readonly change: (id: string, change: Partial<ConversationState>) => void;
  /** People read on in a room. */
  readonly setReads: (id: string, reads: Readonly<Record<string, number>>) => void;
  readonly sent: ({ conversationId: string; text: string } & SendOptions)[];
  readonly seen: Map<string, number>;
}

export function fakeClient(world: FakeWorld): FakeClient {
  const { self } = world;
  const people = new Map<string, Person>();
  for (const person of [
    ...(world.strangers ?? []),
    ...(world.conversations ?? []).map((c) => c.partner),
  ]) {
    people.set(person.sub, person);
  }
  const states = new Map<string, Cell<ConversationState>>();
  const handles = new Map<string, Conversation>();
  const history = new Map<string, MessageView[]>();
  const drafts = new Map<string, string>();
  const wanted = new Map<string, Wanted>();
  const presences = new Map<string, Cell<Presence>>();
  const listeners = new Set<(event: ClientEvents["message"]) => void>();
  const connection = cell<ConnectionState>(world.connection ?? { status: "online" });
  const conversations = cell<ConversationList>({
    items: [],
    loaded: !world.loading,
    hasMore: false,
  });
  const totalUnread = cell(0);
  const blocked = cell<readonly Person[]>(world.blocked ?? []);
  let audience: Audience = "everybody";
  const sent: FakeClient["sent"] = [];
  const seen: FakeClient["seen"] = new Map();
  let ids = 0;

  const stateOf = (id: string): Cell<ConversationState> => {
    let state = states.get(id);
    if (!state) {
      state = cell<ConversationState>({
        messages: [],
        loading: false,
        hasOlder: false,
        typing: [],
        partnerReadSeq: 0,
        unread: 0,
        members: [self],
      });
      states.set(id, state);
    }
    return state;
  };

  const change = (id: string, changes: Partial<ConversationState>): void => {
    const state = stateOf(id);
    state.set({ ...state.getSnapshot(), ...changes });
    list();
  };

  const alter = (
    id: string,
    seq: number,
    how: (message: MessageView) => Partial<MessageView>,
  ): void => {
    const { messages } = stateOf(id).getSnapshot();
    change(id, {
      messages: messages.map((message) =>
        message.seq === seq ? { ...message, ...how(message) } : message,
      ),
    });
  };

  /** Makes the list anew from the conversations. */
  const reads = new Map<string, Readonly<Record<string, number>>>();
  const list = (): void => {
    const items: ConversationSummary[] = [];
    for (const [id, state] of states) {
      const { messages, unread, members, partner, name, role } = state.getSnapshot();
      const last = messages.at(-1);
      if ((!partner && role === undefined) || !last) continue;
      const lastSeq = last.seq ?? 0;
      items.push({
        id,
        members,
        last,
        unread,
        lastSeq,
        reads: reads.get(id) ?? {},
        ...(partner && { partner }),
        ...(name !== undefined && { name }),
        ...(role && { role }),
      });
    }
    items.sort((a, b) => (b.last?.timestamp ?? 0) - (a.last?.timestamp ?? 0));
    conversations.set({
      items: world.loading ? [] : items,
      loaded: !world.loading,
      hasMore: false,
    });
    totalUnread.set(items.reduce((sum, item) => sum + item.unread, 0));
  };

  const openDirect = (person: Person): string => {
    const id = conversationIdOf(self.sub, person.sub);
    const { partner } = stateOf(id).getSnapshot();
    if (!partner) change(id, { partner: person, members: [self, person] });
    return id;
  };

  const append = (id: string, message: MessageView, unread: number): void => {
    change(id, { messages: [...stateOf(id).getSnapshot().messages, message], unread });
  };

  const conversation = (id: string): Conversation => {
    let handle = handles.get(id);
    if (handle) return handle;
    const state = stateOf(id);
    const nextSeq = (): number => (state.getSnapshot().messages.at(-1)?.seq ?? 0) + 1;
    handle = {
      id,
      subscribe: state.subscribe,
      getSnapshot: state.getSnapshot,
      loadOlder: async () => {
        const { messages, hasOlder, loading } = state.getSnapshot();
        if (!hasOlder || loading) return;
        change(id, { loading: true });
        await new Promise((resolve) => setTimeout(resolve));
        const all = history.get(id) ?? [];
        const oldest = messages[0]?.seq ?? all.length + 1;
        const older = all.filter((message) => (message.seq ?? 0) < oldest).slice(-PAGE);
        const more = (older[0]?.seq ?? 1) > 1;
        change(id, {
          messages: [...older, ...state.getSnapshot().messages],
          hasOlder: more,
          loading: false,
        });
      },
      around: (seq) => fakePlace(state, history.get(id) ?? [], seq),
      send: (text, { attachments, mentions } = {}) => {
        const more = { ...(attachments && { attachments }), ...(mentions && { mentions }) };
        sent.push({ conversationId: id, text, ...more });
        const key = `sent-${++ids}`;
        const offline = connection.getSnapshot().status !== "online";
        append(
          id,
          {
            key,
            clientMsgId: key,
            fromSub: self.sub,
            text,
            timestamp: Date.now(),
            ...more,
            ...(offline ? { state: "pending" } : { state: "sent", seq: nextSeq() }),
          },
          0,
        );
        return key;
      },
      retry: (clientMsgId) => {
        const messages = state
          .getSnapshot()
          .messages.map((message) =>
            message.clientMsgId === clientMsgId
              ? { ...message, state: "sent" as const, seq: nextSeq() }
              : message,
          );
        change(id, { messages });
      },
      discard: (clientMsgId) => {
        const { messages } = state.getSnapshot();
        change(id, { messages: messages.filter((message) => message.clientMsgId !== clientMsgId) });
      },
      markRead: (seq) => {
        seen.set(id, Math.max(seq, seen.get(id) ?? 0));
        const { messages, unread } = state.getSnapshot();
        const left = messages.filter((m) => m.fromSub !== self.sub && (m.seq ?? 0) > seq).length;
        if (left < unread) change(id, { unread: left });
      },
      edit: (seq, text) => {
        alter(id, seq, () => ({ text, editedAt: Date.now() }));
      },
      remove: (seq) => {
        alter(id, seq, () => ({ text: "", deleted: true }));
      },
      react: (seq, emoji, on) => {
        alter(id, seq, ({ reactions = [] }) => {
          const others = reactions.filter((reaction) => reaction.emoji !== emoji);
          return { reactions: on ? [...others, { emoji, count: 1, subs: [self.sub] }] : others };
        });
      },
      setTyping: () => undefined,
      getDraft: () => drafts.get(id) ?? "",
      setDraft: (text) => void drafts.set(id, text),
    };
    handles.set(id, handle);
    return handle;
  };

  const rooms = fakeRooms({ self, people, stateOf, change, rooms: world.rooms ?? [] });

  for (const fake of world.conversations ?? []) {
    const id = openDirect(fake.partner);
    history.set(id, fake.messages);
    if (fake.draft !== undefined) drafts.set(id, fake.draft);
    const messages = fake.messages.slice(-(fake.loaded ?? PAGE));
    const unread = fake.unread ?? 0;
    const firstUnread = messages.at(-unread)?.seq;
    change(id, {
      messages: fake.stuck ? [] : messages,
      unread,
      hasOlder: fake.stuck ?? messages.length < fake.messages.length,
      loading: fake.stuck ?? false,
      typing: fake.typing ? [fake.partner.sub] : [],
      partnerReadSeq: fake.partnerReadSeq ?? 0,
      ...(unread > 0 && firstUnread !== undefined && { firstUnreadSeq: firstUnread }),
      ...(fake.error && { error: fake.error }),
    });
  }
  for (const { id, messages, roles: _, reads: __, ...room } of world.rooms ?? []) {
    history.set(id, messages);
    change(id, { messages, memberCount: room.members.length, ...room });
  }
  list();

  return {
    self,
    connection,
    conversations,
    totalUnread,
    start: () => undefined,
    restored: Promise.resolve(),
    stop: () => undefined,
    reconnect: () => {
      connection.set({ status: "online" });
    },
    loadMoreConversations: () => Promise.resolve(),
    conversation,
    presence: (sub) => {
      let presence = presences.get(sub);
      if (!presence) {
        const lastSeen = world.lastSeen?.[sub];
        presence = cell<Presence>({
          online: world.online?.includes(sub) ?? false,
          ...(lastSeen !== undefined && { lastSeen }),
        });
        presences.set(sub, presence);
      }
      return presence;
    },
    lookup: (by) => {
      const found = [self, ...people.values()].find((person) =>
        "sub" in by ? person.sub === by.sub : person.username === by.name,
      );
      return found
        ? Promise.resolve(found)
        : Promise.reject(new AizuchiError({ code: "not_found", error: "Nobody has this name." }));
    },
    openDirect,
    attachments: fakeFiles(),
    takesFiles: true,
    notifications: {
      key: () => Promise.resolve("B"),
      subscribe: () => Promise.resolve(),
      unsubscribe: () => Promise.resolve(),
      wanted: (id) => Promise.resolve(wanted.get(id) ?? "all"),
      want: (id, choice) => {
        wanted.set(id, choice);
        return Promise.resolve();
      },
    },
    rooms,
    join: rooms.join,
    search: fakeSearch(history),
    privacy: {
      blocked,
      refresh: () => Promise.resolve(),
      block: (person) => {
        blocked.set([...blocked.getSnapshot(), person]);
        return Promise.resolve();
      },
      unblock: (sub) => {
        blocked.set(blocked.getSnapshot().filter((person) => person.sub !== sub));
        return Promise.resolve();
      },
      audience: () => Promise.resolve(audience),
      setAudience: (next) => {
        audience = next;
        return Promise.resolve();
      },
      report: () => Promise.resolve(),
    },
    on: (_event, listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    forget: () => {
      drafts.clear();
      return Promise.resolve();
    },
    receive: (partner, text) => {
      const id = openDirect(partner);
      const { messages, unread } = stateOf(id).getSnapshot();
      const seq = (messages.at(-1)?.seq ?? 0) + 1;
      const key = `received-${++ids}`;
      const message: MessageView = {
        key,
        seq,
        fromSub: partner.sub,
        text,
        timestamp: Date.now(),
        state: "sent",
      };
      append(id, message, unread + 1);
      for (const listener of listeners) listener({ conversationId: id, from: partner, message });
    },
    setConnection: connection.set,
    setReads: (id, read) => {
      reads.set(id, read);
      list();
    },
    change,
    sent,
    seen,
  };
}
