import type { LinkPreview } from "@aizuchi/sdk";
import { useEffect, useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { useDoing } from "../privacy/useDoing.ts";
import { navigate } from "../shell/useRoute.ts";
import { useClient, useObservable } from "../state/context.tsx";
import { isCode, sentenceOf } from "../state/failures.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { FormError } from "../ui/FormError.tsx";
import styles from "./JoinDialog.module.css";
import { useWords } from "./words.ts";

/** The most who can be in a room. */
const FULL = 1_000;

interface JoinDialogProps {
  /** What the link says, and nobody else knows. */
  secret: string;
  onClose: () => void;
}

/** Where a link into a room leads, and the way in. */
export function JoinDialog({ secret, onClose }: JoinDialogProps) {
  const { t } = useI18n();
  const words = useWords();
  const { rooms, connection } = useClient();
  const online = useObservable(connection).status === "online";
  const [preview, setPreview] = useState<LinkPreview>();
  const [failure, setFailure] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let over = false;
    rooms.preview(secret).then(
      (found) => {
        if (over) return;
        setPreview(found);
        setFailure(undefined);
      },
      (error: unknown) => {
        if (!over) setFailure(error);
      },
    );
    return () => {
      over = true;
    };
    // Once there is a connection, what could not be told is asked again.
  }, [rooms, secret, attempt, online]);

  const dead = isCode(failure, "not_found") || isCode(failure, "invalid_request");
  return (
    <Dialog title={words.joinTitle} onClose={onClose}>
      {preview ? (
        <Found preview={preview} secret={secret} onClose={onClose} />
      ) : failure === undefined ? (
        <p role="status" className={styles.text}>
          {t.common.loading}
        </p>
      ) : (
        <div className={styles.join}>
          <FormError>{dead ? words.linkDead : sentenceOf(failure, t)}</FormError>
          {dead ? (
            <p className={styles.text}>{words.linkDeadText}</p>
          ) : (
            <Button
              onClick={() => {
                setFailure(undefined);
                setAttempt(attempt + 1);
              }}
            >
              {t.common.retry}
            </Button>
          )}
        </div>
      )}
    </Dialog>
  );
}

interface FoundProps extends JoinDialogProps {
  preview: LinkPreview;
}

function Found({ preview, secret, onClose }: FoundProps) {
  const words = useWords();
  const { rooms, conversations } = useClient();
  const { conversationId, name, members } = preview;
  const inside = useObservable(conversations).items.some(({ id }) => id === conversationId);
  const { busy, problem, run } = useDoing((error) => {
    if (isCode(error, "not_found")) return words.linkDead;
    return isCode(error, "conflict") ? words.full : undefined;
  });
  const full = members >= FULL && !inside;

  const enter = async (): Promise<void> => {
    if (!inside && !(await run(() => rooms.join(secret)))) return;
    onClose();
    navigate({ page: "conversation", conversationId });
  };

  return (
    <div className={styles.join}>
      <Avatar sub={conversationId} name={name} size="l" />
      <p className={styles.name} dir="auto">
        {name}
      </p>
      <p className={styles.text}>{words.members(members)}</p>
      <p className={styles.text}>{full ? words.full : inside ? words.inside : words.joinText}</p>
      <FormError>{problem}</FormError>
      {!full && (
        <Button look="primary" busy={busy} onClick={() => void enter()}>
          {inside ? words.openRoom : words.join}
        </Button>
      )}
    </div>
  );
}
