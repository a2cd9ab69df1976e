import { useEffect, useLayoutEffect, useState } from "react";
import { useClient, useObservable } from "../state/context.tsx";
import { isCode } from "../state/failures.ts";
import { type Part, picturesOf } from "./pictures.ts";

export interface Shown {
  readonly state: "loading" | "ready" | "gone" | "failed" | "away";
  readonly url?: string;
  readonly retry: () => void;
}

type Found = { readonly blob: Blob } | { readonly problem: "gone" | "failed" };

/** A picture of the server's, under an address of this page. */
export function usePicture(id: string, part: Part): Shown {
  const client = useClient();
  const pictures = picturesOf(client);
  const { status } = useObservable(client.connection);
  const online = status === "online";
  const key = `${part}:${id}`;
  const [found, setFound] = useState<{ key: string; is: Found }>();
  const [url, setUrl] = useState<{ key: string; url: string }>();
  const [tries, setTries] = useState(0);
  const is = found?.key === key ? found.is : undefined;
  const blob = pictures.peek(id, part) ?? (is && "blob" in is ? is.blob : undefined);
  const wanted = !blob && (!is || ("problem" in is && is.problem === "failed"));

  useEffect(() => {
    if (!wanted || !online) return;
    let over = false;
    pictures.get(id, part).then(
      (blob) => {
        if (!over) setFound({ key, is: { blob } });
      },
      (error: unknown) => {
        const gone = isCode(error, "not_found") || isCode(error, "forbidden");
        if (!over) setFound({ key, is: { problem: gone ? "gone" : "failed" } });
      },
    );
    return () => {
      over = true;
    };
    // A failure is tried again when one asks for it, or when the network comes back.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [pictures, id, part, key, online, tries]);

  // Before the paint, so that a picture that is here does not flicker.
  useLayoutEffect(() => {
    if (!blob) return;
    const made = URL.createObjectURL(blob);
    // eslint-disable-next-line react-hooks/set-state-in-effect -- an address must be made and let go
    setUrl({ key, url: made });
    return () => {
      URL.revokeObjectURL(made);
    };
  }, [blob, key]);

  const retry = (): void => {
    setFound(undefined);
    setTries((count) => count + 1);
  };
  if (blob) {
    return url?.key === key ? { state: "ready", url: url.url, retry } : { state: "loading", retry };
  }
  if (is && "problem" in is && is.problem === "gone") return { state: "gone", retry };
  if (!online) return { state: "away", retry };
  return { state: is ? "failed" : "loading", retry };
}
