import {
  type Attachment,
  type Attachments,
  AizuchiError,
  type Conversation,
  type Failure,
  type Observable,
} from "@aizuchi/sdk";
import { cell } from "../state/cell.ts";
import { isShowable, MAX_FILES } from "./kinds.ts";

/** How many go up at a time. */
const AT_ONCE = 2;

/** A file on its way up. Never changed: a new one takes its place. */
export interface Upload {
  readonly key: string;
  readonly file: File;
  /** `waiting`: for its turn, or for a network. */
  readonly state: "waiting" | "sending" | "done" | "failed";
  /** In bytes. */
  readonly sent: number;
  /** Shows it, where it is a picture. */
  readonly url?: string;
  /** By which it is resumed. */
  readonly id?: string;
  readonly attachment?: Attachment;
  readonly failure?: Failure;
}

export type SendOptions = NonNullable<Parameters<Conversation["send"]>[1]>;

/** A message that goes out when its files are up. */
export interface Leaving {
  readonly key: string;
  readonly text: string;
  readonly options: SendOptions;
  readonly uploads: readonly Upload[];
  /** Why it could not be sent although its files are up. */
  readonly failure?: Failure;
}

export interface Tray {
  /** What is attached to the message that is being written. */
  readonly uploads: readonly Upload[];
  readonly leaving: readonly Leaving[];
  /** What was left out of those that were added last. */
  readonly leftOut?: { readonly tooMany: boolean; readonly empty?: string };
}

/** The files that go to one conversation. They live as long as the page. */
export interface Uploads extends Observable<Tray> {
  readonly add: (files: Iterable<File>) => void;
  readonly remove: (key: string) => void;
  readonly retry: (key: string) => void;
  /** Sends a message with what is attached, now or when that is up. */
  readonly leave: (text: string, options: SendOptions) => void;
  /** Takes a message back that waits for its files: they are attached again. Gives its text. */
  readonly back: (key: string) => string;
  /** There is a network (again). */
  readonly up: () => void;
}

interface Around {
  readonly conversation: Pick<Conversation, "id" | "send">;
  readonly attachments: Attachments;
  readonly online: () => boolean;
  /** A file is with the message by now; what the device has of it need not be loaded. */
  readonly onSent: (attachment: Attachment, file: File) => void;
}

export function createUploads(around: Around): Uploads {
  const { conversation, attachments, online, onSent } = around;
  const held = cell<Tray>({ uploads: [], leaving: [] });
  const running = new Map<string, AbortController>();
  let made = 0;

  const all = (): readonly Upload[] => {
    const { uploads, leaving } = held.getSnapshot();
    return [...leaving.flatMap((one) => one.uploads), ...uploads];
  };

  const set = (tray: Tray): void => {
    held.set(tray);
    const waits = all().some(({ state }) => state !== "failed") && all().length > 0;
    if (waits) addEventListener("beforeunload", warn);
    else removeEventListener("beforeunload", warn);
  };

  const change = (key: string, how: (upload: Upload) => Upload | undefined): void => {
    const changed = (uploads: readonly Upload[]): readonly Upload[] =>
      uploads.some((one) => one.key === key)
        ? uploads.flatMap((one) => (one.key === key ? (how(one) ?? []) : one))
        : uploads;
    const { uploads, leaving, ...rest } = held.getSnapshot();
    set({
      ...rest,
      uploads: changed(uploads),
      leaving: leaving.map((one) => ({ ...one, uploads: changed(one.uploads) })),
    });
  };

  const pump = (): void => {
    for (const { key, state } of all()) {
      if (running.size >= AT_ONCE) break;
      if (state === "waiting" && online()) void run(key);
    }
    settle();
  };

  const run = async (key: string): Promise<void> => {
    const upload = all().find((one) => one.key === key);
    if (!upload) return;
    const stop = new AbortController();
    running.set(key, stop);
    change(key, ({ failure: _, ...one }) => ({ ...one, state: "sending" }));
    try {
      const attachment = await attachments.upload(conversation.id, upload.file, {
        signal: stop.signal,
        onBegun: (id) => {
          change(key, (one) => ({ ...one, id }));
        },
        onProgress: (sent) => {
          change(key, (one) => ({ ...one, sent }));
        },
        ...(upload.id === undefined ? {} : { resume: upload.id }),
      });
      change(key, (one) => ({ ...one, state: "done", sent: one.file.size, attachment }));
    } catch (error) {
      if (!stop.signal.aborted) change(key, (one) => failed(one, error));
    } finally {
      if (running.get(key) === stop) running.delete(key);
      pump();
    }
  };

  /** Without a network it waits for one, and goes on where it was. */
  const failed = (upload: Upload, error: unknown): Upload => {
    const failure: Failure =
      error instanceof AizuchiError
        ? error
        : { code: "unavailable", error: "The upload was interrupted." };
    if (failure.code === "unavailable" && !online()) return { ...upload, state: "waiting" };
    const { id, ...rest } = upload;
    // What the server does not know any more is begun anew.
    const lost = failure.code === "not_found" || failure.code === "conflict";
    const again = lost || id === undefined ? rest : { ...rest, id };
    return { ...again, state: "failed", failure };
  };

  /** Sends what has all its files, the oldest first. */
  const settle = (): void => {
    for (const message of held.getSnapshot().leaving) {
      const files = message.uploads.flatMap(({ attachment }) => attachment ?? []);
      if (message.failure || files.length < message.uploads.length) continue;
      let failure: Failure | undefined;
      try {
        for (const { attachment, file } of message.uploads) {
          if (attachment) onSent(attachment, file);
        }
        const { text, options } = message;
        if (files.length > 0 || text !== "") {
          conversation.send(text, files.length > 0 ? { ...options, attachments: files } : options);
        }
      } catch (error) {
        failure =
          error instanceof AizuchiError
            ? error
            : { code: "unavailable", error: "It was not sent." };
      }
      const { uploads, leaving } = held.getSnapshot();
      if (failure) {
        const problem = failure;
        set({
          uploads,
          leaving: leaving.map((one) =>
            one.key === message.key ? { ...one, failure: problem } : one,
          ),
        });
      } else {
        message.uploads.forEach(forget);
        set({ uploads, leaving: leaving.filter(({ key }) => key !== message.key) });
      }
    }
  };

  const discard = async (id: string): Promise<void> => {
    try {
      await attachments.discard(id);
    } catch {
      // The server removes by itself what is not sent within a day.
    }
  };

  return {
    subscribe: held.subscribe,
    getSnapshot: held.getSnapshot,
    add: (files) => {
      const { uploads, leaving } = held.getSnapshot();
      const some = [...files];
      const empty = some.find(({ size }) => size === 0)?.name;
      const fit = some.filter(({ size }) => size > 0);
      const taken = fit.slice(0, MAX_FILES - uploads.length).map((file): Upload => ({
        key: `file-${++made}`,
        file,
        state: "waiting",
        sent: 0,
        ...(isShowable(file) && { url: URL.createObjectURL(file) }),
      }));
      const tooMany = taken.length < fit.length;
      set({
        uploads: [...uploads, ...taken],
        leaving,
        ...((tooMany || empty !== undefined) && {
          leftOut: { tooMany, ...(empty !== undefined && { empty }) },
        }),
      });
      pump();
    },
    remove: (key) => {
      running.get(key)?.abort();
      running.delete(key);
      change(key, (one) => {
        forget(one);
        if (one.id !== undefined) void discard(one.id);
        return undefined;
      });
      pump();
    },
    retry: (key) => {
      change(key, ({ failure: _, ...one }) => ({ ...one, state: "waiting" }));
      pump();
    },
    leave: (text, options) => {
      const { uploads, leaving } = held.getSnapshot();
      const message = { key: `message-${++made}`, text, options, uploads };
      set({ uploads: [], leaving: [...leaving, message] });
      pump();
    },
    back: (key) => {
      const { uploads, leaving } = held.getSnapshot();
      const message = leaving.find((one) => one.key === key);
      set({
        uploads: [...(message?.uploads ?? []), ...uploads],
        leaving: leaving.filter((one) => one !== message),
      });
      return message?.text ?? "";
    },
    up: pump,
  };
}

function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

function forget({ url }: Upload): void {
  if (url !== undefined) URL.revokeObjectURL(url);
}
