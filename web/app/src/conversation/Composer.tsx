import type { Conversation } from "@aizuchi/sdk";
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { useWords } from "../rooms/words.ts";
import { characters } from "../state/characters.ts";
import { sentenceOf } from "../state/failures.ts";
import { IconButton } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import type { About } from "./actions.ts";
import styles from "./Composer.module.css";
import { sends } from "./enter.ts";

/** The most characters in a message, and from how many on the rest is counted down. */
const MAX_LENGTH = 8_000;
const COUNT_FROM = 7_500;

interface ComposerProps {
  conversation: Conversation;
  name: string;
  /** What is answered or edited. A new composer begins with an edit. */
  about?: About | undefined;
  /** It is done, or given up. */
  onAboutEnd: () => void;
  nameOf: (sub: string) => string;
  /** What was done to a message was undone. */
  refused: boolean;
}

/** Where the next message is written, or one that is there is edited. */
export function Composer(props: ComposerProps) {
  const { conversation, name, about, onAboutEnd, nameOf, refused } = props;
  const { t } = useI18n();
  const words = useWords();
  const editing = about?.kind === "edit" ? about.message : undefined;
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => editing?.text ?? conversation.getDraft());
  const [problem, setProblem] = useState<string>();

  // A code unit is at least as many as characters are: short texts need no counting.
  const length = text.length < COUNT_FROM ? 0 : characters(text);
  const sendable = text.trim() !== "" && length <= MAX_LENGTH;

  useEffect(() => {
    // With a finger, focus would raise the keyboard over what one came to read.
    if (!matchMedia("(pointer: coarse)").matches) area.current?.focus();
    return () => {
      conversation.setTyping(false);
    };
  }, [conversation, about]);

  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return;
    element.style.height = "0";
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);

  const write = (value: string): void => {
    setText(value);
    setProblem(undefined);
    if (editing) return;
    conversation.setDraft(value);
    conversation.setTyping(value.trim() !== "");
  };

  const send = (): void => {
    if (!sendable) return;
    try {
      const said = text.trim();
      if (editing?.seq !== undefined) conversation.edit(editing.seq, said);
      else
        conversation.send(
          said,
          about?.message.seq === undefined ? {} : { replyTo: about.message.seq },
        );
    } catch (error) {
      setProblem(sentenceOf(error, t));
      return;
    }
    if (!editing) write("");
    if (about) onAboutEnd();
    area.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key === "Escape" && about) {
      event.preventDefault();
      onAboutEnd();
      return;
    }
    // On a phone Enter is the only way to break a line, and the button is near.
    if (matchMedia("(pointer: coarse)").matches) return;
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- Safari tells it in no other way
    const { key, shiftKey, keyCode, nativeEvent } = event;
    if (!sends({ key, shiftKey, keyCode, isComposing: nativeEvent.isComposing })) return;
    event.preventDefault();
    send();
  };

  const note =
    problem ??
    (refused ? words.refused : undefined) ??
    (length > MAX_LENGTH
      ? t.composer.tooLong(length - MAX_LENGTH)
      : length > 0
        ? t.composer.left(MAX_LENGTH - length)
        : undefined);

  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {note !== undefined && (
        <p
          className={styles.note}
          role="status"
          data-error={problem !== undefined || refused || length > MAX_LENGTH || undefined}
        >
          {note}
        </p>
      )}
      {about && (
        <div className={styles.about}>
          <div className={styles.quoted}>
            <p>{editing ? words.editing : words.replying(nameOf(about.message.fromSub))}</p>
            <p className={styles.text}>
              <bdi>{about.message.text}</bdi>
            </p>
          </div>
          <IconButton icon="close" label={words.cancel} onClick={onAboutEnd} />
        </div>
      )}
      <div className={styles.box}>
        <textarea
          ref={area}
          className={styles.area}
          rows={1}
          dir="auto"
          enterKeyHint="enter"
          aria-label={editing ? words.editing : t.composer.label(name)}
          placeholder={t.composer.placeholder}
          value={text}
          onChange={(event) => {
            write(event.target.value);
          }}
          onKeyDown={onKeyDown}
          onBlur={() => {
            conversation.setTyping(false);
          }}
        />
        <button
          type="submit"
          className={styles.send}
          aria-label={t.composer.send}
          title={t.composer.send}
          aria-disabled={!sendable}
          // Keeps the phone's keyboard up.
          onPointerDown={(event) => {
            event.preventDefault();
          }}
        >
          <Icon name="send" />
        </button>
      </div>
    </form>
  );
}
