import { describe, expect, it } from "vitest";
import type { Session } from "../src/api.ts";
import { AizuchiError } from "../src/errors.ts";
import type { Call } from "../src/http.ts";
import { createAttachments, type Transfer } from "../src/upload.ts";

const bytes = "0123456789";
const file = (): File => new File([bytes], "a.txt");
const session = { token: () => Promise.resolve("token") } as unknown as Session;
const done = { id: "f1", name: "a.txt", mediaType: "text/plain", size: 10, hasThumbnail: false };

type Fault = "lost" | "arrived, and lost" | { status: number; code: string };

/** A server that takes pieces of four bytes, with faults in the order of the pieces. */
function taking(faults: (Fault | undefined)[] = [], put?: string) {
  const calls: string[] = [];
  const pauses: number[] = [];
  let received = "";
  const way = () =>
    put === undefined
      ? { id: "f1", size: 10, received: received.length, pieceBytes: 4 }
      : { id: "f1", size: 10, put: { url: put, headers: { "x-a": "b" } } };
  const http = ({ method, path }: Call): Promise<unknown> => {
    calls.push(`${method} ${path}`);
    if (!path.endsWith("/complete")) return Promise.resolve(way());
    if (received !== bytes)
      throw new AizuchiError({ code: "conflict", error: "Not all is there." });
    return Promise.resolve(done);
  };
  const transmit = async (transfer: Transfer): Promise<{ status: number; text: string }> => {
    calls.push(`${transfer.method} ${transfer.url}`);
    const fault = faults.shift();
    const lost = new AizuchiError({ code: "unavailable", error: "The upload was interrupted." });
    if (fault === "lost") throw lost;
    if (typeof fault === "object")
      return { status: fault.status, text: JSON.stringify({ code: fault.code, error: "No." }) };
    transfer.onProgress(transfer.body.size);
    received += await transfer.body.text();
    if (fault) throw lost;
    return { status: 200, text: "{}" };
  };
  const pause = (ms: number): Promise<void> => {
    pauses.push(ms);
    return Promise.resolve();
  };
  const attachments = createAttachments(http, "http://chat.test/", session, { transmit, pause });
  return { attachments, calls, pauses, received: () => received };
}

describe("an upload", () => {
  it("goes in pieces, and tells how far it is", async () => {
    const { attachments, calls } = taking();
    const seen: number[] = [];
    const begun: string[] = [];
    const options = {
      onProgress: (sent: number) => seen.push(sent),
      onBegun: (id: string) => begun.push(id),
    };
    expect(await attachments.upload("d:a:b", file(), options)).toEqual(done);
    expect(calls).toEqual([
      "POST /api/attachments",
      "POST http://chat.test/api/attachments/f1/upload?offset=0",
      "POST http://chat.test/api/attachments/f1/upload?offset=4",
      "POST http://chat.test/api/attachments/f1/upload?offset=8",
      "POST /api/attachments/f1/complete",
    ]);
    expect(seen).toEqual([4, 4, 8, 8, 10, 10]);
    expect(begun).toEqual(["f1"]);
  });

  it("goes to a bucket at once where the server says so", async () => {
    const { attachments, calls, received } = taking([], "http://bucket.test/f1?signed");
    await attachments.upload("d:a:b", file());
    expect(calls).toContain("PUT http://bucket.test/f1?signed");
    expect(received()).toBe(bytes);
  });

  it("goes on where it stopped, and sends nothing twice", async () => {
    const { attachments, pauses, received } = taking([undefined, "arrived, and lost", "lost"]);
    await attachments.upload("d:a:b", file());
    expect(received()).toBe(bytes);
    expect(pauses).toEqual([500, 1000]);
  });

  it("is resumed by its id", async () => {
    const { attachments, calls, received } = taking([
      undefined,
      { status: 403, code: "forbidden" },
    ]);
    await expect(attachments.upload("d:a:b", file())).rejects.toMatchObject({ code: "forbidden" });
    expect(received()).toBe("0123");
    calls.length = 0;
    await attachments.upload("d:a:b", file(), { resume: "f1" });
    expect(calls.slice(0, 2)).toEqual([
      "GET /api/attachments/f1/upload",
      "POST http://chat.test/api/attachments/f1/upload?offset=4",
    ]);
  });

  it("gives up where nothing arrives", async () => {
    const { attachments, pauses } = taking(Array<Fault>(9).fill("lost"));
    await expect(attachments.upload("d:a:b", file())).rejects.toMatchObject({
      code: "unavailable",
    });
    expect(pauses).toEqual([500, 1000, 2000, 4000, 8000]);
  });

  it("stops when it is told to", async () => {
    const { attachments, received } = taking();
    const stop = new AbortController();
    const onProgress = (): void => {
      stop.abort();
    };
    const upload = attachments.upload("d:a:b", file(), { signal: stop.signal, onProgress });
    await expect(upload).rejects.toMatchObject({ name: "AbortError" });
    expect(received()).toBe("0123");
  });
});

describe("a download", () => {
  it.each([
    [null, "http://chat.test/api/attachments/f1/thumbnail", "Bearer token"],
    ["http://bucket.test/f1?signed", "http://bucket.test/f1?signed", null],
  ])("of %s shows the token to the server alone", async (url, from, authorization) => {
    const asked: [string, string | null][] = [];
    const get = (input: unknown, init?: RequestInit): Promise<Response> => {
      asked.push([String(input), new Headers(init?.headers).get("authorization")]);
      return Promise.resolve(new Response("bytes"));
    };
    const http = (): Promise<unknown> => Promise.resolve({ url });
    const attachments = createAttachments(http, "http://chat.test", session, {
      fetch: get,
    });
    const blob = await attachments.download("f1", "thumbnail");
    expect(await blob.text()).toBe("bytes");
    expect(asked).toEqual([[from, authorization]]);
  });
});
