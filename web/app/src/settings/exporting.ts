import { AizuchiError } from "@aizuchi/sdk";

/** Where the lines of an export go. */
export interface Sink {
  /** Adds lines. */
  readonly write: (lines: string) => Promise<void>;
  /** All is written: the file is whole. */
  readonly close: () => Promise<void>;
}

/** Gives a part of an export: the lines from `after` on, or the first ones. */
export type Part = (after: string | undefined) => Promise<string>;

/** An export that may stop for want of a network, and then goes on where it was. */
export interface Exporting {
  /** Writes all that is left. Told of how many bytes are written. Rejects as `Part` does. */
  readonly run: (onProgress: (bytes: number) => void) => Promise<void>;
}

/** Gets an export part by part, none of which is kept here. */
export function createExporting(part: Part, sink: Sink): Exporting {
  let after: string | undefined;
  let written = 0;
  return {
    run: async (onProgress) => {
      for (;;) {
        const { lines, more } = cut(await part(after));
        await sink.write(lines);
        written += new TextEncoder().encode(lines).length;
        onProgress(written);
        if (more === undefined) break;
        after = more;
      }
      await sink.close();
    },
  };
}

/** Parts the lines that are for the file from the last one, where it says what comes next. */
function cut(text: string): { lines: string; more?: string } {
  const lines = text.replace(/\n$/, "");
  const start = lines.lastIndexOf("\n") + 1;
  let last: unknown;
  try {
    last = JSON.parse(lines.slice(start));
  } catch {
    last = undefined;
  }
  const { more, end } = (last ?? {}) as { more?: unknown; end?: unknown };
  if (typeof more === "string") return { lines: lines.slice(0, start), more };
  if (end === true) return { lines: `${lines}\n` };
  throw new AizuchiError({ code: "unavailable", error: "The answer is cut off." });
}

const TYPE = "application/x-ndjson";

/** The part of the File System Access API that is used; few browsers have it. */
interface Picker {
  showSaveFilePicker(options: {
    suggestedName: string;
    types: { accept: Record<string, string[]> }[];
  }): Promise<FileSystemFileHandle>;
}

/**
 * A file of this name: one that the person chooses, written as the lines come, or else a download
 * that begins when all of them are there. Undefined where the person chooses none. To be called from
 * a click.
 */
export async function fileNamed(name: string): Promise<Sink | undefined> {
  if (!("showSaveFilePicker" in globalThis)) return download(name);
  try {
    const handle = await (globalThis as unknown as Picker).showSaveFilePicker({
      suggestedName: name,
      types: [{ accept: { [TYPE]: [".ndjson"] } }],
    });
    const stream = await handle.createWritable();
    return { write: (lines) => stream.write(lines), close: () => stream.close() };
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return undefined;
    return download(name);
  }
}

function download(name: string): Sink {
  // Browsers keep large ones on disk.
  let held = new Blob([], { type: TYPE });
  return {
    write: (lines) => {
      held = new Blob([held, lines], { type: TYPE });
      return Promise.resolve();
    },
    close: () => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(held);
      link.download = name;
      link.click();
      // The download has hold of it by the time that this runs.
      setTimeout(() => {
        URL.revokeObjectURL(link.href);
      });
      return Promise.resolve();
    },
  };
}
