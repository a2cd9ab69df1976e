import type { Client, Conversation } from "@aizuchi/sdk";
import { useEffect } from "react";
import { useClient, useObservable } from "../state/context.tsx";
import { picturesOf } from "./pictures.ts";
import { isPicture } from "./kinds.ts";
import { createUploads, type Tray, type Uploads } from "./uploads.ts";

const all = new WeakMap<Client, Map<string, Uploads>>();

/** They outlive the view: what is on its way goes on while one reads elsewhere. */
function uploadsOf(client: Client, conversation: Conversation): Uploads {
  const byId = all.get(client) ?? new Map<string, Uploads>();
  all.set(client, byId);
  const known = byId.get(conversation.id);
  if (known) return known;
  const { connection } = client;
  const made = createUploads({
    conversation,
    attachments: client.attachments,
    // The browser may know sooner than a socket that nothing comes of.
    online: () => navigator.onLine && connection.getSnapshot().status === "online",
    onSent: (attachment, file) => {
      if (!isPicture(attachment)) return;
      const pictures = picturesOf(client);
      pictures.hold(attachment.id, "thumbnail", file);
    },
  });
  connection.subscribe(made.up);
  addEventListener("online", made.up);
  byId.set(conversation.id, made);
  return made;
}

/** The files that go to a conversation, and what is done with them. */
export function useUploads(conversation: Conversation): [Tray, Uploads] {
  const client = useClient();
  const uploads = uploadsOf(client, conversation);
  const tray = useObservable(uploads);
  useEffect(() => {
    uploads.up();
  }, [uploads]);
  return [tray, uploads];
}
