import type { Session } from "./api.ts";
import { AizuchiError, isPermanent } from "./errors.ts";
import type { ErrorCode } from "./generated/wire.ts";
import type { Http } from "./http.ts";

/** A file as a message has it. What it is, its bytes have told. */
export interface Attachment {
  readonly id: string;
  readonly name: string;
  readonly mediaType: string;
  /** In bytes. */
  readonly size: number;
  readonly hasThumbnail?: boolean;
  /** Of a picture that may be shown in place; no other file has them. */
  readonly width?: number;
  readonly height?: number;
}

export interface UploadOptions {
  /** Told of how many bytes have arrived, of all. Goes back where some were lost. */
  readonly onProgress?: (sent: number, all: number) => void;
  /** Stops the upload, which then may be resumed for a day. */
  readonly signal?: AbortSignal;
  /** Goes on with an upload of the same file that was begun before. */
  readonly resume?: string;
  /** Told of the id by which it may be resumed. */
  readonly onBegun?: (id: string) => void;
}

/** Bytes on their way to the server. */
export interface Transfer {
  readonly method: "POST" | "PUT";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Blob;
  readonly onProgress: (sent: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** Sends bytes, and resolves with the answer's status and text. Rejects where there is none. */
export type Transmit = (transfer: Transfer) => Promise<{ status: number; text: string }>;

export interface Attachments {
  /** Uploads a file for a conversation. Drops are survived. */
  upload(conversationId: string, file: File, options?: UploadOptions): Promise<Attachment>;
  /** Takes back what was not sent. */
  discard(id: string): Promise<void>;
  /** The bytes of a file, or of its small picture. */
  download(id: string, part?: "whole" | "thumbnail", signal?: AbortSignal): Promise<Blob>;
}

interface Surroundings {
  readonly transmit?: Transmit;
  readonly fetch?: typeof fetch;
  readonly pause?: (ms: number) => Promise<void>;
}

interface How {
  readonly id: string;
  readonly received?: number;
  readonly pieceBytes?: number;
  readonly put?: { readonly url: string; readonly headers: Readonly<Record<string, string>> };
}

/** Tries that bring nothing before an upload fails. */
const TRIES = 6;
const FIRST_PAUSE = 500;

export function createAttachments(
  http: Http,
  httpUrl: string,
  session: Session,
  surroundings: Surroundings = {},
): Attachments {
  const transmit = surroundings.transmit ?? byXhr;
  const get = surroundings.fetch ?? ((input, init) => fetch(input, init));
  const pause = surroundings.pause ?? ((ms) => new Promise((done) => setTimeout(done, ms)));
  const base = httpUrl.replace(/\/+$/, "");
  const path = (id: string): string => `/api/attachments/${encodeURIComponent(id)}`;

  const how = async (id: string): Promise<How> => {
    const token = await session.token();
    return asHow(await http({ method: "GET", path: `${path(id)}/upload`, token }));
  };

  const begin = async (conversationId: string, file: File): Promise<How> => {
    const body = { conversationId, name: file.name, size: file.size };
    const token = await session.token();
    return asHow(await http({ method: "POST", path: "/api/attachments", token, body }));
  };

  /** Sends one piece, or all where the bytes go elsewhere; how much of the file is there then. */
  const send = async (file: File, way: How, options: UploadOptions): Promise<number> => {
    const { onProgress, signal } = options;
    const from = way.put ? 0 : (way.received ?? 0);
    const piece = way.put ? file : file.slice(from, from + (way.pieceBytes ?? file.size));
    const answer = await transmit({
      method: way.put ? "PUT" : "POST",
      url: way.put?.url ?? `${base}${path(way.id)}/upload?offset=${from}`,
      headers: way.put?.headers ?? { Authorization: `Bearer ${await session.token()}` },
      body: piece,
      onProgress: (sent) => onProgress?.(from + Math.min(sent, piece.size), file.size),
      signal,
    });
    if (answer.status >= 200 && answer.status < 300) return from + piece.size;
    throw failure(answer.status, answer.text);
  };

  return {
    upload: async (conversationId, file, options = {}) => {
      const { signal, resume, onProgress, onBegun } = options;
      const resumed = resume !== undefined;
      let way = resumed ? await how(resume) : await begin(conversationId, file);
      if (!resumed) onBegun?.(way.id);
      let failed = 0;
      let there = way.received ?? 0;
      while (there < file.size) {
        signal?.throwIfAborted();
        try {
          there = await send(file, way, options);
          way = { ...way, received: there };
          failed = 0;
        } catch (error) {
          signal?.throwIfAborted();
          const last = !(error instanceof AizuchiError) || isPermanent(error.code);
          if (last || ++failed >= TRIES) throw error;
          await pause(error.retryAfterMs ?? FIRST_PAUSE * 2 ** (failed - 1));
          signal?.throwIfAborted();
          // What arrived of it, the server knows. It may be out of reach still.
          way = await how(way.id).catch((again: unknown) => {
            if (again instanceof AizuchiError && !isPermanent(again.code)) return way;
            throw again;
          });
          there = way.received ?? 0;
        }
        onProgress?.(there, file.size);
      }
      const token = await session.token();
      const done = { method: "POST", path: `${path(way.id)}/complete`, token } as const;
      return asAttachment(await http(done));
    },

    discard: async (id) => {
      await http({ method: "DELETE", path: path(id), token: await session.token() });
    },

    download: async (id, part = "whole", signal) => {
      const where = part === "whole" ? path(id) : `${path(id)}/thumbnail`;
      const token = await session.token();
      const told = await http({ method: "GET", path: `${where}?as=link`, token });
      const { url } = (told ?? {}) as Record<string, unknown>;
      // The token is for the server alone; an address elsewhere says by itself who may.
      const elsewhere = typeof url === "string";
      const answer = await get(new URL(elsewhere ? url : base + where), {
        credentials: "omit",
        ...(elsewhere ? {} : { headers: { Authorization: `Bearer ${token}` } }),
        ...(signal ? { signal } : {}),
      });
      if (!answer.ok) throw failure(answer.status, await answer.text());
      return answer.blob();
    },
  };
}

const byXhr: Transmit = ({ method, url, headers, body, onProgress, signal }) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = (): void => {
      request.abort();
    };
    const lost = (): void => {
      reject(new AizuchiError({ code: "unavailable", error: "The upload was interrupted." }));
    };
    request.open(method, url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => {
      onProgress(loaded);
    };
    request.onload = () => {
      resolve({ status: request.status, text: request.responseText });
    };
    request.onerror = lost;
    request.onabort = lost;
    request.onloadend = () => signal?.removeEventListener("abort", stop);
    signal?.addEventListener("abort", stop);
    request.send(body);
  });

function failure(status: number, text: string): AizuchiError {
  let said: Record<string, unknown> = {};
  try {
    said = (JSON.parse(text) ?? {}) as Record<string, unknown>;
  } catch {
    // A proxy's page, or a bucket's XML.
  }
  return new AizuchiError({
    code: typeof said.code === "string" ? (said.code as ErrorCode) : "unavailable",
    error: typeof said.error === "string" ? said.error : `The upload was answered with ${status}.`,
    ...(typeof said.retryAfterMs === "number" ? { retryAfterMs: said.retryAfterMs } : {}),
  });
}

function asHow(answer: unknown): How {
  const { id } = (answer ?? {}) as Record<string, unknown>;
  if (typeof id !== "string") throw senseless();
  return answer as How;
}

function asAttachment(answer: unknown): Attachment {
  const { id, mediaType } = (answer ?? {}) as Record<string, unknown>;
  if (typeof id !== "string" || typeof mediaType !== "string") throw senseless();
  return answer as Attachment;
}

function senseless(): AizuchiError {
  return new AizuchiError({ code: "unavailable", error: "The server's answer makes no sense." });
}
