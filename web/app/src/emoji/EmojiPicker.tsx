import { localStore } from "@aizuchi/sdk";
import {
  type EmojiData,
  EmojiPicker as Picker,
  type EmojiPickerListCategoryHeaderProps,
  type EmojiPickerListEmojiProps,
  type EmojiPickerListRowProps,
  type SkinTone,
  useSkinTone,
} from "frimousse";
import { type KeyboardEvent, useEffect, useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { drawsFlags } from "./drawn.ts";
import styles from "./EmojiPicker.module.css";
import { keepTone, keptTone, noteEmoji, recentEmoji } from "./recent.ts";
import { useEmojiWords } from "./words.ts";

const storage = localStore();

const sources = {
  en: () => import("virtual:emoji/en"),
  ja: () => import("virtual:emoji/ja"),
};

/** Chooses one of all emoji: by looking, by a word in any of the languages, or of those used last. */
export default function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }) {
  const { locale } = useI18n();
  const words = useEmojiWords();
  const [recent] = useState(() => recentEmoji(storage));
  const [failed, setFailed] = useState(false);
  const pick = (emoji: string): void => {
    noteEmoji(storage, emoji);
    onPick(emoji);
  };
  const resolve = async (): Promise<EmojiData> => {
    const data = { locale, emojis: [] as EmojiData["emojis"], categories: [], skinTones: TONES };
    try {
      const { default: all } = await sources[locale]();
      const emojis = drawsFlags() ? all : all.filter(({ countryFlag }) => !countryFlag);
      const categories = words.groups.flatMap((label, index) => (label ? { index, label } : []));
      return { ...data, emojis, categories };
    } catch {
      setFailed(true);
      return data;
    }
  };

  return (
    <Picker.Root
      className={styles.picker}
      locale={locale}
      columns={COLUMNS}
      skinTone={keptTone(storage) as SkinTone}
      resolveEmojiData={resolve}
      onEmojiSelect={({ emoji }) => {
        pick(emoji);
      }}
    >
      <div className={styles.top}>
        <Picker.Search
          className={styles.search}
          aria-label={words.search}
          placeholder={words.search}
          autoFocus={!matchMedia("(pointer: coarse)").matches}
          onKeyDown={keepFromPicker}
        />
        <ToneSelector label={words.tone} />
      </div>
      {recent.length > 0 && (
        <div className={styles.recent} role="group" aria-label={words.recent}>
          {recent.map((emoji) => (
            <button
              key={emoji}
              type="button"
              className={styles.emoji}
              onClick={() => {
                pick(emoji);
              }}
            >
              {emoji}
            </button>
          ))}
        </div>
      )}
      <Picker.Viewport className={styles.viewport}>
        <Picker.Loading className={styles.note}>{words.loading}</Picker.Loading>
        <Picker.Empty className={styles.note}>{failed ? words.failed : words.none}</Picker.Empty>
        <Picker.List className={styles.list} aria-label={words.title} components={COMPONENTS} />
      </Picker.Viewport>
    </Picker.Root>
  );
}

const COLUMNS = 8;

/** None of them is named: the tones are shown on a hand. */
const TONES = { light: "", "medium-light": "", medium: "", "medium-dark": "", dark: "" };

const COMPONENTS = { CategoryHeader, Row, Emoji };

/** An Enter or an arrow that belongs to an input method chooses no emoji. */
function keepFromPicker(event: KeyboardEvent): void {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- Safari tells it in no other way
  if (event.nativeEvent.isComposing || event.keyCode === 229) event.stopPropagation();
}

function ToneSelector({ label }: { label: string }) {
  const [tone] = useSkinTone();
  useEffect(() => {
    keepTone(storage, tone);
  }, [tone]);
  return <Picker.SkinToneSelector className={styles.tone} aria-label={label} title={label} />;
}

function CategoryHeader({ category, ...props }: EmojiPickerListCategoryHeaderProps) {
  return (
    <div {...props} className={styles.category}>
      {category.label}
    </div>
  );
}

function Row(props: EmojiPickerListRowProps) {
  // Rows are counted from one, while the picker finds its own from nought. It needs no first one.
  const { "aria-rowindex": index = 0 } = props;
  return <div {...props} aria-rowindex={index > 0 ? index : undefined} className={styles.row} />;
}

function Emoji({ emoji, ...props }: EmojiPickerListEmojiProps) {
  return (
    <button
      {...props}
      aria-colindex={(props["aria-colindex"] ?? 0) + 1}
      type="button"
      className={styles.emoji}
      title={emoji.label}
    >
      {emoji.emoji}
    </button>
  );
}
