import type { Failure, KeyValueStore } from "./api.ts";
import type { Archive } from "./archive.ts";
import { isAttachments } from "./codec.ts";
import type { ClientFrame } from "./generated/wire.ts";
import type { Attachment } from "./upload.ts";

/** What is done to a message that is there: the text by now is that of the `Unsent`. */
export type Act =
  | { readonly kind: "edit"; readonly target: number; readonly mentions?: readonly string[] }
  | { readonly kind: "deletion"; readonly target: number }
  | {
      readonly kind: "reaction";
      readonly target: number;
      readonly emoji: string;
      readonly on: boolean;
    };

type Unnamed<T> = T extends { clientMsgId: string } ? Omit<T, "clientMsgId" | "requestId"> : never;

/** A change of a room, as its frame says it. */
export type RoomChange = Unnamed<Extract<ClientFrame, { action: (typeof CHANGES)[number] }>>;

const CHANGES = ["CREATEROOM", "INVITE", "JOIN", "LEAVE", "REMOVE", "RENAME", "SETROLE"] as const;

/** A message, what is done to one, or to a room, that is not acknowledged yet. Never changed: a new one takes its place. */
export interface Unsent {
  readonly clientMsgId: string;
  readonly conversationId: string;
  readonly message: string;
  readonly replyTo?: number;
  /** Files that are on the server, and come with it. */
  readonly attachments?: readonly Attachment[];
  /** Whom it mentions. */
  readonly mentions?: readonly string[];
  readonly sentAt: number;
  /** It is no message, but done to one. */
  readonly act?: Act;
  /** It is no message, but a change of a room. */
  readonly change?: RoomChange;
  /** Why it will not be sent again unless the person asks for it. */
  readonly failure?: Failure;
}

/** Where messages wait that are to outlive the page. What is no promise is done at once. */
export interface UnsentStore {
  /** Whether it is safe now. */
  readonly keep: (unsent: Unsent) => Promise<boolean> | boolean;
  /** All that is kept, by this page or others. */
  readonly all: () => Promise<readonly unknown[]> | readonly unknown[];
  /** Whether it is still kept: another page may have seen it through. */
  readonly keeps: (clientMsgId: string) => Promise<boolean> | boolean;
  readonly release: (clientMsgId: string) => Promise<void> | undefined;
}

/** Each message under a key of its own, so that pages do not overwrite each other's. */
export function keyValueUnsent(storage: KeyValueStore, prefix: string): UnsentStore {
  return {
    keep: (unsent) => storage.set(prefix + unsent.clientMsgId, JSON.stringify(unsent)),
    all: () =>
      storage.keys(prefix).flatMap((key) => {
        const unsent = parse(storage.get(key));
        if (unsent && key === prefix + unsent.clientMsgId) return [unsent];
        storage.remove(key);
        return [];
      }),
    keeps: (clientMsgId) => storage.get(prefix + clientMsgId) !== undefined,
    release: (clientMsgId) => {
      storage.remove(prefix + clientMsgId);
      return undefined;
    },
  };
}

/** In the archive, and in `other` where that has no room. */
export function archivedUnsent(archive: Archive, other: UnsentStore): UnsentStore {
  return {
    keep: async (unsent) => (await archive.keep(unsent)) || other.keep(unsent),
    all: async () => [...(await archive.unsent()), ...(await other.all())],
    keeps: async (clientMsgId) =>
      (await other.keeps(clientMsgId)) || (await archive.keeps(clientMsgId)),
    release: async (clientMsgId) => {
      await other.release(clientMsgId);
      await archive.release(clientMsgId);
    },
  };
}

const PLACELESS = "new:";

/** Where it waits whose conversation the server names. No conversation has such an id. */
export function placeless(clientMsgId: string): string {
  return PLACELESS + clientMsgId;
}

export function isPlaceless({ conversationId }: Pick<Unsent, "conversationId">): boolean {
  return conversationId.startsWith(PLACELESS);
}

export function isUnsent(record: unknown): record is Unsent {
  const { clientMsgId, conversationId, message, sentAt, act, change, attachments } = (record ??
    {}) as Partial<Unsent>;
  return (
    typeof clientMsgId === "string" &&
    typeof conversationId === "string" &&
    typeof message === "string" &&
    typeof sentAt === "number" &&
    (attachments === undefined || isAttachments(attachments)) &&
    (act === undefined || Number.isSafeInteger(act.target)) &&
    (change === undefined || CHANGES.includes(change.action))
  );
}

function parse(kept: string | undefined): Unsent | undefined {
  try {
    const record: unknown = JSON.parse(kept ?? "");
    return isUnsent(record) ? record : undefined;
  } catch {
    return undefined;
  }
}
