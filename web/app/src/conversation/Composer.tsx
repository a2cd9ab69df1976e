import type { Conversation } from "@aizuchi/sdk";
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { characters } from "../state/characters.ts";
import { sentenceOf } from "../state/failures.ts";
import { Icon } from "../ui/Icon.tsx";
import styles from "./Composer.module.css";
import { sends } from "./enter.ts";

/** The most characters in a message, and from how many on the rest is counted down. */
const MAX_LENGTH = 8_000;
const COUNT_FROM = 7_500;

/** Where the next message is written. */
export function Composer({ conversation, name }: { conversation: Conversation; name: string }) {
  const { t } = useI18n();
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(conversation.getDraft);
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
  }, [conversation]);

  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return;
    element.style.height = "0";
    element.style.height = `${element.scrollHeight}px`;
  }, [text]);

  const write = (value: string): void => {
    setText(value);
    setProblem(undefined);
    conversation.setDraft(value);
    conversation.setTyping(value.trim() !== "");
  };

  const send = (): void => {
    if (!sendable) return;
    try {
      conversation.send(text.trim());
    } catch (error) {
      setProblem(sentenceOf(error, t));
      return;
    }
    write("");
    area.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
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
          data-error={problem !== undefined || length > MAX_LENGTH || undefined}
        >
          {note}
        </p>
      )}
      <div className={styles.box}>
        <textarea
          ref={area}
          className={styles.area}
          rows={1}
          dir="auto"
          enterKeyHint="enter"
          aria-label={t.composer.label(name)}
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
