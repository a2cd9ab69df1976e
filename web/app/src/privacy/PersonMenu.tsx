import { conversationIdOf, type Person } from "@aizuchi/sdk";
import { type SyntheticEvent, useId, useState } from "react";
import { characters } from "../state/characters.ts";
import { useClient } from "../state/context.tsx";
import { Button, IconButton } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { FormError } from "../ui/FormError.tsx";
import styles from "./Privacy.module.css";
import { useBlocked } from "./useBlocked.ts";
import { useDoing } from "./useDoing.ts";
import { useWords } from "./words.ts";

/** The longest reason, in characters. */
const REASON = 500;

/** Blocks or reports the partner of a conversation. */
export function PersonMenu({ partner }: { partner: Person }) {
  const words = useWords();
  const [open, setOpen] = useState(false);
  const close = (): void => {
    setOpen(false);
  };
  return (
    <>
      <IconButton
        icon="alert"
        label={words.menu(partner.username)}
        onClick={() => {
          setOpen(true);
        }}
      />
      {open && (
        <Dialog title={partner.username} onClose={close}>
          <div className={styles.menu}>
            <Block partner={partner} onDone={close} />
            <Report partner={partner} />
          </div>
        </Dialog>
      )}
    </>
  );
}

interface BlockProps {
  partner: Person;
  onDone: () => void;
}

function Block({ partner, onDone }: BlockProps) {
  const words = useWords();
  const { privacy } = useClient();
  const blocked = useBlocked(partner.sub);
  const { busy, problem, run } = useDoing();

  const change = async (): Promise<void> => {
    const done = await run(() => (blocked ? privacy.unblock(partner.sub) : privacy.block(partner)));
    if (done) onDone();
  };

  return (
    <>
      <p className={styles.text}>{blocked ? words.blocking(partner.username) : words.blockText}</p>
      <Button look={blocked ? "quiet" : "danger"} busy={busy} onClick={() => void change()}>
        {blocked ? words.unblock : words.block}
      </Button>
      <FormError>{problem}</FormError>
    </>
  );
}

function Report({ partner }: { partner: Person }) {
  const words = useWords();
  const { self, privacy } = useClient();
  const id = useId();
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState<string>();
  const [reported, setReported] = useState(false);
  const { busy, problem, run } = useDoing();

  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    const text = reason.trim();
    const tooLong = characters(text) > REASON;
    setWrong(text === "" ? words.reasonRequired : tooLong ? words.reasonTooLong : undefined);
    if (text === "" || tooLong) return;
    const conversationId = conversationIdOf(self.sub, partner.sub);
    const report = { sub: partner.sub, conversationId, reason: text };
    if (await run(() => privacy.report(report))) setReported(true);
  };

  if (reported) return <p role="status">{words.reported}</p>;
  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)} noValidate>
      <label htmlFor={id}>{words.reason}</label>
      <textarea
        id={id}
        rows={3}
        value={reason}
        aria-describedby={`${id}-text`}
        onChange={(event) => {
          setReason(event.target.value);
        }}
      />
      <p id={`${id}-text`} className={styles.text}>
        {words.reportText}
      </p>
      <FormError>{wrong ?? problem}</FormError>
      <Button type="submit" busy={busy}>
        {words.report}
      </Button>
    </form>
  );
}
