import type { Client, ClientEvents, ClientOptions, Conversation, Failure } from "./api.ts";
import type { Archive } from "./archive.ts";
import { person } from "./auth.ts";
import { Book } from "./book.ts";
import { Calls } from "./calls.ts";
import { ReadCursors } from "./cursor.ts";
import type { Entry, ServerFrame } from "./generated/wire.ts";
import { createHandle } from "./handle.ts";
import { createHttp } from "./http.ts";
import { conversationIdOf, uuidSource } from "./ids.ts";
import { indexedDbArchive } from "./indexeddb.ts";
import { Keeper } from "./keeper.ts";
import { Link } from "./link.ts";
import { createRoomCalls } from "./members.ts";
import { entryMessage, isSaid, type Message } from "./message.ts";
import type { ConversationModel } from "./model.ts";
import { createNotifications } from "./notifications.ts";
import { Outbox } from "./outbox.ts";
import { Pages } from "./pages.ts";
import { PresenceBook, watchBy } from "./presence.ts";
import { PrivacyBook } from "./privacy.ts";
import { createRooms } from "./rooms.ts";
import { createSearch } from "./search.ts";
import { ackedEntry, sendFrame } from "./sending.ts";
import { localStore } from "./storage.ts";
import { pageSurroundings, pageTimer } from "./surroundings.ts";
import { Sync } from "./sync.ts";
import { openWebSocket } from "./transport.ts";
import { turnsBy } from "./turns.ts";
import { archivedUnsent, isPlaceless, keyValueUnsent, type Unsent } from "./unsent.ts";
import { createAttachments } from "./upload.ts";
import { messageView } from "./views.ts";

/** Puts the parts together and hands each frame to the part that it is for. */
export function createClient(options: ClientOptions): Client {
  const { config, session } = options;
  const now = options.now ?? Date.now;
  const random = options.random ?? Math.random;
  const setTimer = options.setTimer ?? pageTimer;
  const storage = options.storage ?? localStore();
  const http = createHttp(config.httpUrl, options.fetch);
  const self = session.user;
  const prefix = `aizuchi:${self.sub}:`;
  const listeners = new Set<(event: ClientEvents["message"]) => void>();
  const handles = new Map<string, Conversation>();
  const surroundings = options.surroundings ?? pageSurroundings();
  const archive = options.archive ?? indexedDbArchive(self.sub);
  const locks = options.locks ?? (globalThis.navigator as Partial<Navigator> | undefined)?.locks;
  let leave: (() => void) | undefined;
  let begun = false;
  let restoredNow: () => void = () => undefined;
  const restored = new Promise<void>((resolve) => (restoredNow = resolve));

  const link = new Link({
    config,
    session,
    surroundings,
    openSocket: options.openSocket ?? openWebSocket,
    http,
    now,
    random,
    setTimer,
    busy: () => outbox.busy || options.wanted?.() === true,
    ask: () => {
      if (config.pushes === "best-effort") {
        sync.check();
        presence.again();
      } else {
        link.send({ action: "PING" });
      }
    },
    onFrame,
    onUp: () => {
      sync.up();
      outbox.up();
      cursors.up();
      presence.up();
      privacy.up();
    },
    onDown: () => {
      calls.drop();
      presence.down();
      for (const { typing } of book.all()) typing.clear();
    },
    onRenewed: () => {
      sync.up();
      presence.up();
    },
  });
  const connected = (): boolean => link.up;
  const calls = new Calls(
    (frame) => link.send(frame),
    setTimer,
    () => {
      link.tell({ type: "silence" });
    },
  );
  const texts = keyValueUnsent(storage, `${prefix}outbox:`);
  const outbox = new Outbox({
    store: archive ? archivedUnsent(archive, texts) : texts,
    ...(archive && locks && { turn: turnsBy(locks, `${prefix}outbox:`, setTimer) }),
    random,
    setTimer,
    connected,
    logged: ({ conversationId, clientMsgId }): boolean =>
      book.find(conversationId)?.holds(clientMsgId) === true,
    transmit,
    onRefused: (unsent, failure) => {
      if ((unsent.change && rooms.refused(unsent, failure)) || isPlaceless(unsent)) return;
      const model = book.get(unsent.conversationId);
      model.refused = failure;
      model.changed();
    },
    onGone: (unsent) => {
      if (unsent.change) rooms.gone(unsent);
    },
    onChange: (conversationId) => {
      // What makes a room, or leads into one, has none yet.
      if (!isPlaceless({ conversationId })) book.get(conversationId).changed();
    },
  });
  const book = new Book({
    self,
    unsent: (conversationId) =>
      outbox.items(conversationId).filter(({ act, change }) => !act && !change),
    acts: (conversationId) => outbox.items(conversationId).filter(({ act }) => act),
    setTimer,
    onObserved: (model) => {
      pages.mend(model);
      keeper?.use(model);
    },
    onChange: (model) => keeper?.change(model),
    onStamp: () => keeper?.stamp(),
  });
  const shared = { calls, random, setTimer, connected, onAdded, onSeen };
  const pages = new Pages({ ...shared, syncing: (): boolean => sync.running });
  const sync = new Sync({ ...shared, book, pages });
  const keeper: Keeper | undefined =
    archive && new Keeper({ archive, book, since: () => sync.since, now, setTimer });
  const cursors = new ReadCursors({ calls, setTimer, connected, onRead });
  const presence = new PresenceBook({
    setTimer,
    connected,
    watch: watchBy(calls, (frame) => link.send(frame), onPresence),
  });
  const privacy = new PrivacyBook({
    http,
    session,
    calls,
    onChange: () => {
      presence.again();
    },
  });
  const newId = uuidSource(now, random);
  const rooms = createRooms({
    add: (unsent) => {
      outbox.add(unsent);
    },
    connected,
    overHttp: createRoomCalls(http, session),
    now,
    newId,
    onChanged: (id, frame) => {
      if (frame.action === "CREATEROOM") book.get(id).begin(frame.name);
      sync.request();
    },
  });
  const handleContext = {
    self: self.sub,
    outbox,
    pages,
    cursors,
    storage,
    draftPrefix: `${prefix}draft:`,
    now,
    newId,
    transmit: link.send.bind(link),
  };

  function onFrame(frame: ServerFrame): void {
    if (calls.answer(frame)) return;
    switch (frame.action) {
      case "SENDMSG":
      case "EDITMSG":
      case "DELMSG":
      case "REACT":
      case "MEMBERSHIP":
        take(frame);
        break;
      case "READ":
        onRead(frame.conversationId, frame.sub, frame.seq);
        break;
      case "TYPING":
        if (frame.sub !== self.sub) {
          book.find(frame.conversationId)?.typing.set(frame.sub, frame.on);
        }
        break;
      case "ISONLINE":
        onPresence(frame);
        break;
      case "BLOCK":
      case "UNBLOCK":
        privacy.elsewhere();
        break;
      case "SYNC":
        // Unasked, it tells of what changed where the news themselves do not come.
        if (frame.conversations.length > 0) sync.check();
        break;
      default: // An answer that came too late: what it was for is asked again.
    }
  }

  function onPresence({ sub, value, lastSeen }: ServerFrame & { action: "ISONLINE" }): void {
    presence.told(sub, { online: value === "1", ...(lastSeen === undefined ? {} : { lastSeen }) });
  }

  /** Takes an entry that came by itself. */
  function take(frame: Entry & { readonly action: string; readonly toSub?: string }): void {
    const { action: _, toSub: __, ...entry } = frame;
    const model = book.get(entry.conversationId);
    onSeen(entry);
    onAdded(model, model.log.add(entry.seq, entryMessage(entry)));
    if (!model.confirmed) sync.request();
    if (model.log.gap) pages.expect(model);
  }

  function onRead(conversationId: string, sub: string, seq: number): void {
    const model = book.find(conversationId);
    model?.read(sub, seq);
    if (!model || model.miscounted) sync.request();
  }

  /** A message of one's own that is in the log needs no sending. */
  function onSeen(message: Message & { readonly conversationId: string }): void {
    if (message.fromSub === self.sub && message.clientMsgId !== undefined) {
      outbox.settle(message.conversationId, message.clientMsgId);
    }
  }

  function onAdded(model: ConversationModel, added: readonly Message[]): void {
    model.changed();
    for (const message of added) {
      model.happened(message);
      if (message.fromSub === self.sub) continue;
      model.typing.set(message.fromSub, false);
      if (message.seq <= model.cursor || !isSaid(message)) continue;
      const from = model.members.find(({ sub }) => sub === message.fromSub) ?? {
        sub: message.fromSub,
        username: "",
      };
      const event = {
        conversationId: model.id,
        from,
        message: messageView(message, self.sub, model.partnerRead),
      };
      for (const listener of [...listeners]) listener(event);
    }
  }

  function transmit(unsent: Unsent, done: (failure?: Failure) => void): void {
    calls.call(sendFrame(unsent), {
      onAnswer: (frame) => {
        if (frame.action === "ACK") {
          if (unsent.change) rooms.done(unsent, frame.conversationId);
          else take({ action: frame.action, ...ackedEntry(unsent, frame, self.sub) });
          done();
        } else {
          done({ code: "unavailable", error: "The server's answer makes no sense." });
        }
        return false;
      },
      onFailure: done,
    });
  }

  /** The same, with a connection for it. */
  function needed<T extends unknown[]>(act: (...args: T) => void): (...args: T) => void {
    return (...args) => {
      act(...args);
      link.tell({ type: "needed" });
    };
  }

  /** Takes up what the device keeps, and begins. */
  async function begin(archive: Archive, keeper: Keeper): Promise<void> {
    archive.onKept(() => {
      outbox.adopt();
    });
    archive.onLost(() => {
      outbox.lost();
    });
    if (!begun) {
      begun = true;
      const stamp = await keeper.restore();
      for (const model of book.all()) cursors.resume(model);
      if (stamp) sync.resume(stamp.since);
      restoredNow();
    }
    await restored;
    if (!leave) return; // It was stopped meanwhile.
    outbox.adopt();
    link.start();
  }

  return {
    self,
    connection: link.state,
    conversations: book.list,
    totalUnread: book.totalUnread,
    restored,
    start: () => {
      if (leave) return;
      // The page that a person comes from may have been closed with something left to send.
      leave = surroundings.subscribe((signal) => {
        if (signal === "visible") outbox.adopt();
        if (signal === "hidden") void keeper?.save();
      });
      if (archive && keeper) {
        void begin(archive, keeper);
        return;
      }
      restoredNow();
      outbox.adopt();
      link.start();
    },
    stop: () => {
      leave?.();
      leave = undefined;
      link.stop();
      outbox.stop();
      pages.stop();
      sync.stop();
      cursors.stop();
      presence.stop();
      void keeper?.save().then(() => {
        if (!leave) archive?.close();
      });
    },
    reconnect: () => {
      link.tell({ type: "reconnect" });
    },
    loadMoreConversations: () => sync.listMore(),
    conversation: (id) => {
      let handle = handles.get(id);
      if (!handle) {
        const inner = createHandle(book.get(id), handleContext);
        handle = {
          ...inner,
          send: (text, options) => {
            const clientMsgId = inner.send(text, options);
            link.tell({ type: "needed" });
            return clientMsgId;
          },
          edit: needed(inner.edit),
          remove: needed(inner.remove),
          react: needed(inner.react),
        };
        handles.set(id, handle);
      }
      return handle;
    },
    presence: (sub) => presence.of(sub),
    lookup: async (by) => {
      const path =
        "name" in by
          ? `/api/users?name=${encodeURIComponent(by.name)}`
          : `/api/users/${encodeURIComponent(by.sub)}`;
      return person(await http({ method: "GET", path, token: await session.token() }));
    },
    notifications: createNotifications(http, session),
    takesFiles: config.attachments ?? true,
    attachments: createAttachments(http, config.httpUrl, session, {
      ...(options.fetch ? { fetch: options.fetch } : {}),
    }),
    privacy,
    rooms: rooms.rooms,
    join: rooms.rooms.join,
    search: createSearch(calls),
    openDirect: (partner) => {
      const id = conversationIdOf(self.sub, partner.sub);
      book.get(id).name(partner);
      return id;
    },
    on: (_event, listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    forget: async () => {
      for (const key of storage.keys(prefix)) storage.remove(key);
      await archive?.wipe();
    },
  };
}
