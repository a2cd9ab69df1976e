import type { Conversation, ConversationState } from "@aizuchi/sdk";
import {
  type ClipboardEvent,
  type KeyboardEvent,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { EmojiButton } from "../emoji/EmojiButton.tsx";
import { lineOf, MAX_FILES } from "../files/kinds.ts";
import { LeavingMessage, Tray } from "../files/Tray.tsx";
import { useUploads } from "../files/useUploads.ts";
import { useFileWords } from "../files/words.ts";
import { useI18n } from "../i18n/index.tsx";
import { MentionList } from "../mentions/MentionList.tsx";
import { mentionedIn, useMentions } from "../mentions/useMentions.ts";
import { usePeople } from "../mentions/usePeople.ts";
import { useWords } from "../rooms/words.ts";
import { useNetworked } from "../shell/useNetworked.ts";
import { useClient, useObservable } from "../state/context.tsx";
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
  /** Who is there to be mentioned. */
  state: Pick<ConversationState, "members" | "memberCount">;
}

/** Where the next message is written, or one that is there is edited. */
export function Composer(props: ComposerProps) {
  const { conversation, name, about, onAboutEnd, nameOf, refused, state } = props;
  const { t } = useI18n();
  const words = useWords();
  const fileWords = useFileWords();
  const { connection, takesFiles } = useClient();
  const connected = useObservable(connection).status === "online";
  const online = useNetworked() && connected;
  const [tray, uploads] = useUploads(conversation);
  const picker = useRef<HTMLInputElement>(null);
  const editing = about?.kind === "edit" ? about.message : undefined;
  const attachable = takesFiles && !editing;
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => editing?.text ?? conversation.getDraft());
  const [problem, setProblem] = useState<string>();

  // A code unit is at least as many as characters are: short texts need no counting.
  const length = text.length < COUNT_FROM ? 0 : characters(text);
  const files = editing ? [] : tray.uploads;
  const broken = files.some((one) => one.state === "failed");
  const sendable = (text.trim() !== "" || files.length > 0) && length <= MAX_LENGTH && !broken;

  const caretAt = useRef<number>(undefined);
  const people = usePeople(conversation.id, state, /[@＠]/.test(text));
  const mentions = useMentions({
    area,
    text,
    people,
    onWrite: (value, caret) => {
      caretAt.current = caret;
      write(value);
    },
  });

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
    if (caretAt.current === undefined) return;
    element.setSelectionRange(caretAt.current, caretAt.current);
    caretAt.current = undefined;
  }, [text]);

  const write = (value: string): void => {
    setText(value);
    setProblem(undefined);
    if (editing) return;
    conversation.setDraft(value);
    conversation.setTyping(value.trim() !== "");
  };

  const send = (): void => {
    if (!sendable) {
      if (broken) setProblem(fileWords.mend);
      return;
    }
    try {
      const said = text.trim();
      const mentioned = mentionedIn(said, people);
      const options = mentioned.length > 0 ? { mentions: mentioned } : {};
      const replyTo = about?.message.seq;
      if (editing?.seq !== undefined) {
        // An edit mentions those whom it names, and nobody else any more.
        if (mentioned.length > 0) conversation.edit(editing.seq, said, options);
        else conversation.edit(editing.seq, said);
      } else {
        const all = replyTo === undefined ? options : { replyTo, ...options };
        if (files.length > 0) uploads.leave(said, all);
        else conversation.send(said, all);
      }
    } catch (error) {
      setProblem(sentenceOf(error, t));
      return;
    }
    if (!editing) write("");
    if (about) onAboutEnd();
    mentions.close();
    area.current?.focus();
  };

  const add = (added: Iterable<File>): void => {
    setProblem(undefined);
    uploads.add(added);
    area.current?.focus();
  };

  const onPaste = (event: ClipboardEvent): void => {
    const { files: pasted, types } = event.clipboardData;
    // Office programs add a picture of the text that one copies from them.
    if (!attachable || pasted.length === 0 || types.includes("text/plain")) return;
    event.preventDefault();
    add([...pasted]);
  };

  /** Puts an emoji where the caret is. */
  const insert = (emoji: string): void => {
    const { selectionStart = text.length, selectionEnd = text.length } = area.current ?? {};
    caretAt.current = selectionStart + emoji.length;
    write(text.slice(0, selectionStart) + emoji + text.slice(selectionEnd));
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (mentions.onKeyDown(event)) return;
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

  const leftOut =
    editing || !tray.leftOut
      ? undefined
      : tray.leftOut.tooMany
        ? fileWords.tooMany(MAX_FILES)
        : fileWords.empty(tray.leftOut.empty ?? "");
  const note =
    problem ??
    leftOut ??
    (refused ? words.refused : undefined) ??
    (length > MAX_LENGTH
      ? t.composer.tooLong(length - MAX_LENGTH)
      : length > 0
        ? t.composer.left(MAX_LENGTH - length)
        : undefined) ??
    (!online && (files.length > 0 || tray.leaving.length > 0) ? fileWords.keepOpen : undefined);

  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {tray.leaving.map((message) => (
        <LeavingMessage
          key={message.key}
          message={message}
          onRemove={uploads.remove}
          onRetry={uploads.retry}
          onBack={() => {
            const taken = uploads.back(message.key);
            if (!editing) write([taken, text].filter((one) => one !== "").join("\n"));
          }}
        />
      ))}
      {note !== undefined && (
        <p
          className={styles.note}
          role="status"
          data-error={
            problem !== undefined ||
            leftOut !== undefined ||
            refused ||
            length > MAX_LENGTH ||
            undefined
          }
        >
          {note}
        </p>
      )}
      {about && (
        <div className={styles.about}>
          <div className={styles.quoted}>
            <p>{editing ? words.editing : words.replying(nameOf(about.message.fromSub))}</p>
            <p className={styles.text}>
              <bdi>{lineOf(about.message, fileWords)}</bdi>
            </p>
          </div>
          <IconButton icon="close" label={words.cancel} onClick={onAboutEnd} />
        </div>
      )}
      <Tray uploads={files} onRemove={uploads.remove} onRetry={uploads.retry} />
      <div className={styles.box}>
        {mentions.open && (
          <MentionList
            id={mentions.listId}
            people={mentions.found}
            active={mentions.active}
            onTake={mentions.take}
          />
        )}
        {attachable && (
          <>
            <input
              ref={picker}
              type="file"
              multiple
              hidden
              onChange={(event) => {
                add([...(event.target.files ?? [])]);
                event.target.value = "";
              }}
            />
            <IconButton
              icon="attach"
              className={styles.tool}
              label={fileWords.attach}
              onClick={() => picker.current?.click()}
            />
          </>
        )}
        <textarea
          ref={area}
          className={styles.area}
          rows={1}
          dir="auto"
          enterKeyHint="enter"
          aria-label={editing ? words.editing : t.composer.label(name)}
          placeholder={t.composer.placeholder}
          value={text}
          {...mentions.props}
          onChange={(event) => {
            write(event.target.value);
            mentions.look();
          }}
          onSelect={mentions.look}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
          onBlur={() => {
            conversation.setTyping(false);
            mentions.close();
          }}
        />
        <EmojiButton
          onPick={insert}
          onClose={() => {
            area.current?.focus();
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
