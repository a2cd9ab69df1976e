import type { Conversation } from "@aizuchi/sdk";
import { lazy, Suspense, useState } from "react";
import { useEmojiWords } from "../emoji/words.ts";
import { isRoom } from "../rooms/isRoom.ts";
import { WhoRead } from "../rooms/WhoRead.tsx";
import { useWords } from "../rooms/words.ts";
import { useClient } from "../state/context.tsx";
import { Button, IconButton } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Spinner } from "../ui/Spinner.tsx";
import { useActions } from "./actions.ts";
import styles from "./MessageMenu.module.css";
import type { Row } from "./timeline.ts";

const EmojiPicker = lazy(() => import("../emoji/EmojiPicker.tsx"));

/** What one reacts with most. */
const EMOJI = ["👍", "❤️", "😂", "🎉", "😮", "🙏"];

/** What may be done to a message, behind one small button. */
export function MessageMenu({ row, conversation }: { row: Row; conversation: Conversation }) {
  const words = useWords();
  const [open, setOpen] = useState(false);
  if (row.message.seq === undefined || row.message.deleted) return null;
  return (
    <>
      <IconButton
        icon="more"
        className={styles.more}
        label={words.menu}
        onClick={() => {
          setOpen(true);
        }}
      />
      {open && (
        <Menu
          row={row}
          seq={row.message.seq}
          conversation={conversation}
          onClose={() => {
            setOpen(false);
          }}
        />
      )}
    </>
  );
}

interface MenuProps {
  row: Row;
  seq: number;
  conversation: Conversation;
  onClose: () => void;
}

function Menu({ row, seq, conversation, onClose }: MenuProps) {
  const { message, mine } = row;
  const words = useWords();
  const { self } = useClient();
  const { onAbout, moderates } = useActions();
  const [deleting, setDeleting] = useState(false);
  const [asking, setAsking] = useState(false);
  const [choosing, setChoosing] = useState(false);
  const emojiWords = useEmojiWords();
  const own = new Set(
    message.reactions?.filter(({ subs }) => subs.includes(self.sub)).map(({ emoji }) => emoji),
  );
  const closing = (act: () => void) => () => {
    onClose();
    act();
  };

  if (asking) {
    return (
      <Dialog title={words.whoRead} onClose={onClose}>
        <WhoRead room={conversation.id} seq={seq} />
      </Dialog>
    );
  }
  if (choosing) {
    return (
      <Dialog title={emojiWords.title} onClose={onClose}>
        <div className={styles.picker}>
          <Suspense fallback={<Spinner label={emojiWords.loading} />}>
            <EmojiPicker
              onPick={(emoji) => {
                onClose();
                conversation.react(seq, emoji, !own.has(emoji));
              }}
            />
          </Suspense>
        </div>
      </Dialog>
    );
  }
  if (deleting) {
    return (
      <Dialog title={words.deleteTitle} onClose={onClose}>
        <div className={styles.menu}>
          <p>{words.deleteText}</p>
          <Button
            look="danger"
            onClick={closing(() => {
              conversation.remove(seq);
            })}
          >
            {words.delete}
          </Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={words.menu} onClose={onClose}>
      <div className={styles.menu}>
        <div className={styles.emoji} role="group" aria-label={words.react}>
          {EMOJI.map((emoji) => (
            <button
              key={emoji}
              type="button"
              aria-pressed={own.has(emoji)}
              onClick={closing(() => {
                conversation.react(seq, emoji, !own.has(emoji));
              })}
            >
              {emoji}
            </button>
          ))}
          <button
            type="button"
            aria-label={emojiWords.other}
            title={emojiWords.other}
            onClick={() => {
              setChoosing(true);
            }}
          >
            <Icon name="plus" />
          </button>
        </div>
        <Button
          onClick={closing(() => {
            onAbout({ kind: "reply", message });
          })}
        >
          {words.reply}
        </Button>
        {message.text !== "" && (
          <Button
            icon="copy"
            onClick={closing(() => void navigator.clipboard.writeText(message.text))}
          >
            {words.copy}
          </Button>
        )}
        {mine && isRoom(conversation.id) && (
          <Button
            onClick={() => {
              setAsking(true);
            }}
          >
            {words.whoRead}
          </Button>
        )}
        {mine && message.text !== "" && (
          <Button
            onClick={closing(() => {
              onAbout({ kind: "edit", message });
            })}
          >
            {words.edit}
          </Button>
        )}
        {(mine || moderates) && (
          <Button
            look="danger"
            onClick={() => {
              setDeleting(true);
            }}
          >
            {words.delete}
          </Button>
        )}
      </div>
    </Dialog>
  );
}
