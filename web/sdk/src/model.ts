import type {
  ConversationState,
  ConversationSummary,
  Failure,
  MessageView,
  Person,
} from "./api.ts";
import type { KeptConversation, KeptWindow } from "./archive.ts";
import type { Conversation as Told } from "./generated/wire.ts";
import { fold } from "./fold.ts";
import { partnerIn } from "./ids.ts";
import { GAP_PAGE_SIZE, MAX_UNREAD, PAGE_SIZE } from "./limits.ts";
import { Log } from "./log.ts";
import { isSaid, type Message } from "./message.ts";
import { changed, isRoom, readByAll, type Room, roomOf, samePeople } from "./room.ts";
import type { Entries, ModelContext } from "./modelContext.ts";
import { derived, sameItems, shallowEqual, type Derived } from "./observable.ts";
import { Places } from "./places.ts";
import { asEntry } from "./sending.ts";
import { Typing } from "./typing.ts";
import { messageView, unsentView } from "./views.ts";

/** One conversation as this device knows it. */
export class ConversationModel {
  readonly id: string;
  readonly log: Log;
  readonly typing: Typing;
  readonly state: Derived<ConversationState>;
  readonly summary: Derived<ConversationSummary>;
  /** Whether the server has told of it, on this visit or an earlier one. */
  confirmed = false;
  /** Whether a page before what was told first is loaded. */
  primed = false;
  /** Whether the newest message is not known, for want of a page. */
  wantsLast = false;
  loading = false;
  error: Failure | undefined;
  refused: Failure | undefined;
  /** The places in it that are looked at. */
  readonly places = new Places();

  readonly #context: ModelContext;
  #members: readonly Person[];
  #reads: Readonly<Record<string, number>> = {};
  /** How far this device has asked to move one's own cursor. */
  #readHere = 0;
  /** What the server counted as unread after `cursor`, up to `through`. */
  #counted = { cursor: 0, through: 0, unread: 0 };
  #room: Room = {};
  /** Up to where what happened to the room is known. */
  #roomSeq = 0;
  /** One's own cursor when the conversation came into view, if there was something unread. */
  #dividerAfter: number | undefined;
  #dividerOpen = false;
  /** Whether the server has told of it since this page began. */
  #told = false;

  constructor(id: string, context: ModelContext) {
    this.id = id;
    this.#context = context;
    this.log = new Log(context.self.sub);
    this.log.onChanges = (changes) => {
      this.places.touch(changes);
    };
    const partner = partnerIn(id, context.self.sub);
    this.#members =
      partner === undefined ? [context.self] : [context.self, { sub: partner, username: "" }];
    this.typing = new Typing(context.setTimer, () => {
      this.state.invalidate();
    });
    this.state = derived(() => this.#computeState(), {
      equal: (a, b) =>
        shallowEqual({ ...a, messages: 0, typing: 0 }, { ...b, messages: 0, typing: 0 }) &&
        sameItems(a.messages, b.messages) &&
        sameItems(a.typing, b.typing),
      onObserved: () => {
        this.#observed();
      },
      onUnobserved: () => {
        // A view that is built anew at once (as frameworks do) has not been left.
        queueMicrotask(() => {
          if (this.state.observed()) return;
          this.#dividerOpen = false;
          this.log.trim(this.cursor);
          this.changed();
        });
      },
    });
    this.summary = derived(() => this.#computeSummary(), { equal: shallowEqual });
  }

  get members(): readonly Person[] {
    return this.#members;
  }

  get room(): Room {
    return this.#room;
  }

  /** Whether it is a room that one is no member of: it is not listed, and the server tells nothing. */
  get gone(): boolean {
    return this.confirmed && isRoom(this.id) && this.#room.role === undefined;
  }

  get hasOlder(): boolean {
    return this.log.floor > 0;
  }

  /** One's own read cursor. */
  get cursor(): number {
    return Math.max(this.cursorTold, this.#readHere);
  }

  /** One's own read cursor as the server has it. */
  get cursorTold(): number {
    return this.#reads[this.#context.self.sub] ?? 0;
  }

  /** The newest message that is known. */
  get last(): Message | undefined {
    const newest = this.log.messages.at(-1);
    const { told } = this.log;
    return newest && (!told || newest.seq >= told.seq) ? newest : told;
  }

  /** Whether only the server can tell how many messages are unread. */
  get miscounted(): boolean {
    return this.cursor < this.log.floor && this.#counted.cursor < this.cursorTold;
  }

  /** Whether the log here holds one's own message `clientMsgId`. */
  holds(clientMsgId: string): boolean {
    const isIt = (message: Message): boolean =>
      message.clientMsgId === clientMsgId && message.fromSub === this.#context.self.sub;
    return this.log.messages.some(isIt) || this.log.early.some(isIt);
  }

  changed(): void {
    this.state.invalidate();
    this.summary.invalidate();
    this.places.look();
    this.#context.onChange(this);
  }

  /** All that is new was told: what the device kept of an earlier visit is the state of things. */
  settled(): void {
    if (this.confirmed) this.#openDivider();
    this.changed();
  }

  get reads(): Readonly<Record<string, number>> {
    return this.#reads;
  }

  /** Takes what the device kept of an earlier visit. */
  restore(kept: KeptConversation, window: KeptWindow | undefined): void {
    if (this.confirmed) return; // The server was faster.
    const { members, reads, cursor, unread, head, lastSeq, last, wantsLast } = kept;
    this.#setMembers(members);
    this.#mergeReads(reads);
    this.#readHere = cursor;
    this.#counted = { cursor, through: head, unread };
    this.log.told = last;
    this.#setRoom(roomOf(kept), head);
    this.confirmed = true;
    if (window?.head === head) {
      this.log.resume(window.floor, head, window.messages);
      this.primed = !this.hasOlder || window.messages.length >= PAGE_SIZE;
    } else if (last?.seq === head) {
      // What the list shows is better than nothing.
      this.log.resume(head - 1, head, [last]);
    } else {
      this.log.resume(head, head, []);
    }
    this.wantsLast = wantsLast;
    this.log.note(lastSeq);
    this.#openDivider();
    this.changed();
  }

  /** Takes what the server says. Returns the messages that are in place now and were not before. */
  apply(told: Told, entries: Entries): readonly Message[] {
    this.#setMembers(told.members);
    this.#mergeReads(told.reads);
    const { self } = this.#context;
    const { lastSeq, unread } = told;
    this.#count({ cursor: told.reads[self.sub] ?? 0, through: lastSeq, unread }, told.reset);
    if (told.last && told.last.seq >= (this.last?.seq ?? 0)) this.log.told = told.last;
    this.#setRoom(roomOf(told), lastSeq);

    const missing = lastSeq - this.log.head;
    // At first only the ends of the logs are of interest; later, what was missed.
    const first = !this.confirmed && !this.#context.settled();
    const skip =
      told.reset === true || (entries === "absent" && (first || missing > GAP_PAGE_SIZE));
    this.confirmed = this.#told = true;
    let added: readonly Message[] = [];
    if (missing < 0 && told.reset === true) {
      // The server was put back from a backup: its log is shorter than what is here.
      this.log.told = told.last;
      this.#reads = told.reads;
      this.wantsLast = told.last === undefined;
      this.primed = false;
      this.log.rewind(lastSeq);
    } else if (missing > 0 && skip) {
      this.log.told = this.last;
      this.wantsLast = !first && told.last === undefined;
      this.primed = false;
      added = this.log.restart(lastSeq);
    } else {
      this.log.note(lastSeq);
    }
    this.#openDivider();
    this.changed();
    return added;
  }

  /** Takes what the server counted, unless a later count came before it. */
  #count(counted: { cursor: number; through: number; unread: number }, reset = false): void {
    const { cursor, through } = this.#counted;
    const later = counted.through - through || counted.cursor - cursor;
    if (later >= 0 || reset) this.#counted = counted;
  }

  /** Names a member that the server has not told of yet. */
  name(person: Person): void {
    this.#setMembers(this.#members.map((member) => (member.sub === person.sub ? person : member)));
    this.changed();
  }

  /** The server says that `sub` has read up to `seq`. */
  read(sub: string, seq: number): void {
    this.#mergeReads({ [sub]: seq });
    this.changed();
  }

  /** A room was made here, of which the server has not told yet. */
  begin(name: string): void {
    if (this.confirmed) return;
    this.#setRoom({ name, role: "owner" }, 0);
    this.changed();
  }

  /** Something happened to the room. */
  happened(entry: Message): void {
    if (!entry.change || entry.seq <= this.#roomSeq) return;
    const { self } = this.#context;
    const { room, members } = changed(this.#room, this.#members, entry, self.sub);
    this.#setMembers(members);
    this.#setRoom(room, entry.seq);
    this.changed();
  }

  /** The person here has read up to `seq`. Returns whether that is news. */
  readHere(seq: number): boolean {
    const end = Math.min(seq, this.log.known);
    if (end <= this.cursor) return false;
    this.#readHere = end;
    this.changed();
    return true;
  }

  /** The server did not take the cursor that was asked for. */
  unreadHere(): void {
    this.#readHere = 0;
    this.changed();
  }

  get unread(): number {
    if (this.gone) return 0;
    const { cursor, log } = this;
    // Where the log here reaches back to the cursor, counting is exact.
    const exact = cursor >= log.floor;
    const from = exact ? cursor : this.#counted.through;
    let count = exact ? 0 : this.#counted.unread;
    for (let i = log.messages.length - 1; i >= 0; i--) {
      const message = log.messages[i];
      if (!message || message.seq <= from) break;
      if (this.#isOthers(message)) count += 1;
    }
    return Math.min(count, MAX_UNREAD);
  }

  /** How far every other member has read. */
  get partnerRead(): number {
    return readByAll(this.#members, this.#room, this.#reads, this.#context.self.sub);
  }

  #isOthers(message: Message): boolean {
    return message.fromSub !== this.#context.self.sub && isSaid(message);
  }

  #observed(): void {
    this.#openDivider();
    this.#context.onObserved(this);
  }

  /** Remembers where reading began. Needs what the server says, so that it may come later. */
  #openDivider(): void {
    if (this.#dividerOpen || !this.state.observed()) return;
    if (!this.confirmed && !this.#context.settled()) return;
    // What was unread on an earlier visit is so still, while what was not may be by now.
    if (!this.#told && !this.#context.synced() && this.unread === 0) return;
    this.#dividerOpen = true;
    this.#dividerAfter = this.unread > 0 ? this.cursor : undefined;
    this.state.invalidate();
  }

  #firstUnread(): number | undefined {
    const after = this.#dividerAfter;
    if (!this.#dividerOpen || after === undefined || this.log.floor > after) return undefined;
    return this.log.messages.find((message) => message.seq > after && this.#isOthers(message))?.seq;
  }

  #setMembers(members: readonly Person[]): void {
    if (samePeople(members, this.#members)) return;
    this.#members = members.map(({ sub, username }) => ({ sub, username }));
  }

  #setRoom(room: Room, seq: number): void {
    if (!isRoom(this.id) || seq < this.#roomSeq) return;
    this.#room = room;
    this.#roomSeq = seq;
  }

  #mergeReads(reads: Readonly<Record<string, number>>): void {
    const ahead = Object.entries(reads).filter(([sub, seq]) => seq > (this.#reads[sub] ?? 0));
    if (ahead.length > 0) this.#reads = { ...this.#reads, ...Object.fromEntries(ahead) };
  }

  #partner(): { readonly partner?: Person } {
    const sub = partnerIn(this.id, this.#context.self.sub);
    const partner = this.#members.find((member) => member.sub === sub);
    return partner ? { partner } : {};
  }

  /** Shows a message as what waits to be done to it will leave it. */
  #done(): (message: Message) => Message {
    const { self, acts } = this.#context;
    const changes = acts(this.id).map((unsent) => asEntry(unsent, self.sub));
    return (message) =>
      changes.reduce((now, change) => fold(now, change, self.sub, false), message);
  }

  /** How messages are shown. */
  viewer(): (message: Message) => MessageView {
    const { partnerRead } = this;
    const done = this.#done();
    return (message) => messageView(done(message), this.#context.self.sub, partnerRead);
  }

  #computeState(): ConversationState {
    const { self, unsent, settled } = this.#context;
    const { log, partnerRead } = this;
    const firstUnreadSeq = this.#firstUnread();
    const view = this.viewer();
    return {
      messages: [
        ...log.messages.map(view),
        // One's own are shown although something before them is missing: they were shown already.
        ...log.early.filter((entry) => entry.fromSub === self.sub && isSaid(entry)).map(view),
        ...unsent(this.id).map((item) => unsentView(item, self.sub)),
      ],
      loading: this.loading || !(this.confirmed || settled()),
      hasOlder: this.hasOlder,
      typing: this.typing.subs,
      partnerReadSeq: partnerRead,
      unread: this.unread,
      members: this.#members,
      ...this.#partner(),
      ...this.#room,
      ...(firstUnreadSeq === undefined ? {} : { firstUnreadSeq }),
      ...(this.error === undefined ? {} : { error: this.error }),
      ...(this.refused === undefined ? {} : { refused: this.refused }),
    };
  }

  #computeSummary(): ConversationSummary {
    const { self, unsent } = this.#context;
    const waiting = unsent(this.id).at(-1);
    const newest =
      this.log.early.findLast((entry) => entry.fromSub === self.sub && isSaid(entry)) ?? this.last;
    const last = waiting
      ? unsentView(waiting, self.sub)
      : newest && messageView(this.#done()(newest), self.sub, this.partnerRead);
    return {
      id: this.id,
      members: this.#members,
      ...this.#partner(),
      ...this.#room,
      ...(last ? { last } : {}),
      unread: this.unread,
      lastSeq: this.log.known,
      reads: this.#reads,
    };
  }
}
