import { AizuchiError, type Attachment, type UploadOptions } from "@aizuchi/sdk";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { createUploads } from "../src/files/uploads.ts";

interface Under {
  readonly file: File;
  readonly options: UploadOptions;
  readonly done: () => void;
  readonly fail: (code: "unavailable" | "too_large") => void;
}

function started() {
  const under: Under[] = [];
  const send = vi.fn<(text: string, options?: object) => string>(() => "c1");
  const discard = vi.fn<(id: string) => Promise<void>>(() => Promise.resolve());
  let online = true;
  const uploads = createUploads({
    conversation: { id: "d:a:b", send },
    attachments: {
      upload: (_, file, options = {}) =>
        new Promise<Attachment>((resolve, reject) => {
          const id = options.resume ?? `id-${file.name}`;
          options.onBegun?.(id);
          const { name, size } = file;
          under.push({
            file,
            options,
            done: () => {
              resolve({ id, name, mediaType: "text/plain", size });
            },
            fail: (code) => {
              reject(new AizuchiError({ code, error: "No." }));
            },
          });
        }),
      discard,
      download: () => Promise.reject(new Error("Nothing is downloaded here.")),
    },
    online: () => online,
    onSent: () => undefined,
  });
  const setOnline = (now: boolean): void => {
    online = now;
    uploads.up();
  };
  const states = (): string[] => uploads.getSnapshot().uploads.map(({ state }) => state);
  return { uploads, under, send, discard, setOnline, states };
}

const file = (name: string, text = "some text"): File => new File([text], name);
const files = (count: number): File[] =>
  Array.from({ length: count }, (_, index) => file(`${index + 1}.txt`));

let all: ReturnType<typeof started>;
beforeEach(() => {
  all = started();
});

const settled = () => new Promise((done) => setTimeout(done));

describe("files on their way up", () => {
  test("go two at a time, and tell how far they are", async () => {
    const { uploads, under, states } = all;
    uploads.add(files(3));
    expect(states()).toEqual(["sending", "sending", "waiting"]);
    under[0]?.options.onProgress?.(4, 9);
    expect(uploads.getSnapshot().uploads[0]?.sent).toBe(4);
    under[0]?.done();
    await settled();
    expect(states()).toEqual(["done", "sending", "sending"]);
  });

  test("are ten at most, and none of them empty", () => {
    const { uploads, states } = all;
    uploads.add([file("empty.txt", ""), ...files(12)]);
    expect(uploads.getSnapshot().leftOut).toEqual({
      tooMany: true,
      empty: "empty.txt",
    });
    expect(states()).toHaveLength(10);
  });

  test("stop and are forgotten where they are removed", async () => {
    const { uploads, under, discard, states } = all;
    uploads.add(files(1));
    const [upload] = uploads.getSnapshot().uploads;
    uploads.remove(upload?.key ?? "");
    expect(under[0]?.options.signal?.aborted).toBe(true);
    expect(discard).toHaveBeenCalledWith("id-1.txt");
    under[0]?.fail("unavailable");
    await settled();
    expect(states()).toEqual([]);
  });

  test("wait for a network, and go on where they were", async () => {
    const { uploads, under, setOnline, states } = all;
    uploads.add(files(1));
    setOnline(false);
    under[0]?.fail("unavailable");
    await settled();
    expect(states()).toEqual(["waiting"]);
    setOnline(true);
    expect(states()).toEqual(["sending"]);
    expect(under[1]?.options.resume).toBe("id-1.txt");
  });

  test("fail, and are tried again when one asks for it", async () => {
    const { uploads, under, states } = all;
    uploads.add(files(1));
    under[0]?.fail("too_large");
    await settled();
    expect(states()).toEqual(["failed"]);
    uploads.retry(uploads.getSnapshot().uploads[0]?.key ?? "");
    expect(states()).toEqual(["sending"]);
  });
});

describe("a message with files", () => {
  test("goes out when the last of them is up, once", async () => {
    const { uploads, under, send } = all;
    uploads.add(files(2));
    uploads.leave("look", { replyTo: 3 });
    expect(uploads.getSnapshot().uploads).toEqual([]);
    under[0]?.done();
    await settled();
    expect(send).not.toHaveBeenCalled();
    under[1]?.done();
    await settled();
    expect(send).toHaveBeenCalledOnce();
    expect(send).toHaveBeenCalledWith("look", {
      replyTo: 3,
      attachments: [
        expect.objectContaining({ id: "id-1.txt" }) as Attachment,
        expect.objectContaining({ id: "id-2.txt" }) as Attachment,
      ],
    });
    expect(uploads.getSnapshot().leaving).toEqual([]);
  });

  test("comes back to be written on", () => {
    const { uploads } = all;
    uploads.add(files(1));
    uploads.leave("look", {});
    uploads.add([file("2.txt")]);
    expect(uploads.back(uploads.getSnapshot().leaving[0]?.key ?? "")).toBe("look");
    expect(uploads.getSnapshot().uploads.map(({ file }) => file.name)).toEqual(["1.txt", "2.txt"]);
  });

  test("goes without a file that was removed while it waited", async () => {
    const { uploads, under, send } = all;
    uploads.add(files(2));
    uploads.leave("", {});
    under[0]?.done();
    await settled();
    uploads.remove(uploads.getSnapshot().leaving[0]?.uploads[1]?.key ?? "");
    expect(send).toHaveBeenCalledWith("", {
      attachments: [expect.objectContaining({ id: "id-1.txt" }) as Attachment],
    });
  });

  test("says why it was not sent, and can be taken back", async () => {
    const { uploads, under, send } = all;
    send.mockImplementation(() => {
      throw new AizuchiError({ code: "too_large", error: "The message is too long." });
    });
    uploads.add(files(1));
    uploads.leave("long", {});
    under[0]?.done();
    await settled();
    expect(uploads.getSnapshot().leaving[0]?.failure?.code).toBe("too_large");
    expect(send).toHaveBeenCalledOnce();
  });
});
