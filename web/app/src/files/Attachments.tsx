import type { Attachment } from "@aizuchi/sdk";
import { useState } from "react";
import { useActions } from "../conversation/actions.ts";
import { useI18n } from "../i18n/index.tsx";
import { useClient } from "../state/context.tsx";
import { isCode } from "../state/failures.ts";
import { Icon } from "../ui/Icon.tsx";
import styles from "./Attachments.module.css";
import { isPicture, kindOf, type Picture, sizeText } from "./kinds.ts";
import { layoutOf } from "./layout.ts";
import { save } from "./save.ts";
import { usePicture } from "./usePicture.ts";
import { useFileWords } from "./words.ts";

/** What came with a message: its pictures, and the other files below them. */
export function AttachmentsOf({ files }: { files: readonly Attachment[] }) {
  const pictures = files.filter(isPicture);
  const others = files.filter((file) => !isPicture(file));
  return (
    <>
      {pictures.length > 0 && (
        <div className={styles.pictures} data-many={layoutOf(pictures).columns}>
          {pictures.map((picture) => (
            <Sight key={picture.id} picture={picture} alone={pictures.length === 1} />
          ))}
        </div>
      )}
      {others.map((file) => (
        <FileCard key={file.id} file={file} />
      ))}
    </>
  );
}

/** A picture in a place of its size, whether or not it is here yet. */
function Sight({ picture, alone }: { picture: Picture; alone: boolean }) {
  const { id, name, hasThumbnail } = picture;
  const words = useFileWords();
  const { t } = useI18n();
  const { onView } = useActions();
  const { state, url, retry } = usePicture(id, hasThumbnail ? "thumbnail" : "whole");
  const style = alone ? { aspectRatio: String(layoutOf([picture]).ratio) } : undefined;
  if (state === "gone" || state === "away" || state === "failed") {
    return (
      <div className={styles.missing} style={style}>
        <Icon name="alert" />
        {/* Of many there is no room to say it. */}
        <p className={state === "away" && !alone ? "said" : undefined}>
          <span className="said">{words.pictureOf(name)}: </span>
          {state === "gone" ? words.gone : state === "away" ? words.away : words.notLoaded}
        </p>
        {state === "failed" && (
          <button type="button" className={styles.retry} onClick={retry}>
            {t.common.retry}
          </button>
        )}
      </div>
    );
  }
  return (
    <button
      type="button"
      className={styles.sight}
      style={style}
      aria-label={words.open(name)}
      data-state={state}
      onClick={() => {
        onView(id);
      }}
    >
      {url !== undefined && <img src={url} alt="" draggable={false} />}
    </button>
  );
}

/** A file to take away. It is never opened here, whatever it says it is. */
function FileCard({ file }: { file: Attachment }) {
  const { id, name, size } = file;
  const words = useFileWords();
  const { locale } = useI18n();
  const client = useClient();
  const [state, setState] = useState<"idle" | "busy" | "failed" | "gone">("idle");
  const download = async (): Promise<void> => {
    if (state === "busy" || state === "gone") return;
    setState("busy");
    try {
      save(await client.attachments.download(id), name);
      setState("idle");
    } catch (error) {
      setState(isCode(error, "not_found") ? "gone" : "failed");
    }
  };
  const about = {
    idle: sizeText(size, locale),
    busy: words.downloading,
    failed: words.notDownloaded,
    gone: words.gone,
  }[state];
  return (
    <button
      type="button"
      className={styles.file}
      data-state={state}
      aria-disabled={state === "busy" || state === "gone" || undefined}
      onClick={() => void download()}
    >
      <span className={styles.kind} aria-hidden="true">
        <Icon name="file" />
        <span>{kindOf(name, words).slice(0, 4)}</span>
      </span>
      <span className={styles.about}>
        <bdi className={styles.name} title={name}>
          <span className="said">{words.download("")}</span>
          {name}
        </bdi>
        <span className={styles.line} role="status">
          {about}
        </span>
      </span>
      <span className={styles.get} aria-hidden="true">
        <Icon name="download" />
      </span>
    </button>
  );
}
