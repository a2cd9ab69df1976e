import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { useI18n } from "../i18n/index.tsx";
import { useClient } from "../state/context.tsx";
import { IconButton } from "../ui/Button.tsx";
import { Spinner } from "../ui/Spinner.tsx";
import type { Exhibit } from "./exhibits.ts";
import type { Picture } from "./kinds.ts";
import { picturesOf } from "./pictures.ts";
import { save } from "./save.ts";
import { usePicture } from "./usePicture.ts";
import styles from "./Viewer.module.css";
import { useFileWords } from "./words.ts";

/** How far a finger goes at least to turn the page, or to close, in pixels. */
const SWIPE = 60;

interface ViewerProps {
  /** All of the conversation that are loaded, the oldest first. */
  exhibits: readonly Exhibit[];
  /** The id of the picture that is shown. */
  shown: string;
  onShow: (id: string) => void;
  onClose: () => void;
}

/** Pictures over the whole page, one at a time. */
export default function Viewer({ exhibits, shown, onShow, onClose }: ViewerProps) {
  const words = useFileWords();
  const { dates } = useI18n();
  const client = useClient();
  const dialog = useRef<HTMLDialogElement>(null);
  const [large, setLarge] = useState<string>();
  const [saving, setSaving] = useState(false);
  const index = exhibits.findIndex(({ picture }) => picture.id === shown);
  const exhibit = exhibits[index];
  const previous = exhibits[index - 1]?.picture;
  const next = exhibits[index + 1]?.picture;

  // Before it leaves the page: only then the focus goes back to where it was.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);

  // The next ones are likely to be wanted.
  useEffect(() => {
    for (const one of [next, previous]) {
      if (one)
        void picturesOf(client)
          .get(one.id, "whole")
          .catch(() => undefined);
    }
  }, [client, next, previous]);

  // It may be deleted while it is looked at.
  const lost = exhibit === undefined;
  useEffect(() => {
    if (lost) onClose();
  }, [lost, onClose]);
  if (!exhibit) return null;

  const { picture, by, at } = exhibit;
  const zoomed = large === picture.id;
  const turn = (to: Picture | undefined): void => {
    if (to) onShow(to.id);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // What is larger than the window is moved by the arrows.
    if (event.key === "ArrowLeft" && !zoomed) turn(previous);
    else if (event.key === "ArrowRight" && !zoomed) turn(next);
    else if (event.key === "Home" && !zoomed) turn(exhibits[0]?.picture);
    else if (event.key === "End" && !zoomed) turn(exhibits.at(-1)?.picture);
    else if (event.key === "+" || event.key === "=") setLarge(picture.id);
    else if (event.key === "-") setLarge(undefined);
    else return;
    event.preventDefault();
  };
  const download = async (): Promise<void> => {
    setSaving(true);
    try {
      save(await picturesOf(client).get(picture.id, "whole"), picture.name);
    } catch {
      // The picture itself says what is the matter.
    } finally {
      setSaving(false);
    }
  };

  return (
    <dialog
      ref={dialog}
      className={styles.viewer}
      aria-label={words.viewer}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={onKeyDown}
    >
      <header className={styles.bar}>
        <p className={styles.about}>
          <bdi className={styles.name}>{by}</bdi>
          <span className={styles.when}>{dates.full(at)}</span>
        </p>
        <p className={styles.place} aria-live="polite">
          <span className="said">{words.pictureOf(picture.name)}, </span>
          {words.place(index + 1, exhibits.length)}
        </p>
        <IconButton
          icon={zoomed ? "shrink" : "grow"}
          label={zoomed ? words.fit : words.zoom}
          onClick={() => {
            setLarge(zoomed ? undefined : picture.id);
          }}
        />
        <IconButton
          icon="download"
          label={words.save}
          aria-disabled={saving || undefined}
          onClick={() => void download()}
        />
        <IconButton icon="close" label={words.close} onClick={onClose} />
      </header>
      <Stage
        key={picture.id}
        picture={picture}
        zoomed={zoomed}
        onZoom={() => {
          setLarge(zoomed ? undefined : picture.id);
        }}
        onPrevious={() => {
          turn(previous);
        }}
        onNext={() => {
          turn(next);
        }}
        onClose={onClose}
      />
      {previous && (
        <IconButton
          icon="back"
          className={styles.previous}
          label={words.previous}
          onClick={() => {
            turn(previous);
          }}
        />
      )}
      {next && (
        <IconButton
          icon="chevron"
          className={styles.next}
          label={words.next}
          onClick={() => {
            turn(next);
          }}
        />
      )}
    </dialog>
  );
}

interface StageProps {
  picture: Picture;
  zoomed: boolean;
  onZoom: () => void;
  onPrevious: () => void;
  onNext: () => void;
  onClose: () => void;
}

/** The picture; its small one until it is here. A finger turns the page, or closes. */
function Stage({ picture, zoomed, onZoom, onPrevious, onNext, onClose }: StageProps) {
  const { id, name, width, height, hasThumbnail } = picture;
  const words = useFileWords();
  const { t } = useI18n();
  const whole = usePicture(id, "whole");
  const small = usePicture(id, hasThumbnail ? "thumbnail" : "whole");
  const start = useRef<{ x: number; y: number }>(undefined);
  const url = whole.url ?? small.url;
  const problem =
    whole.state === "gone"
      ? words.gone
      : whole.state === "away"
        ? words.away
        : whole.state === "failed"
          ? words.notLoaded
          : undefined;
  const onPointerUp = (event: PointerEvent): void => {
    const from = start.current;
    start.current = undefined;
    if (!from || zoomed) return;
    const [x, y] = [event.clientX - from.x, event.clientY - from.y];
    if (Math.abs(x) > SWIPE && Math.abs(x) > Math.abs(y)) {
      if (x > 0) onPrevious();
      else onNext();
    } else if (y > SWIPE * 1.5) onClose();
  };
  return (
    <div
      className={styles.stage}
      data-zoomed={zoomed || undefined}
      tabIndex={zoomed ? 0 : undefined}
      role={zoomed ? "group" : undefined}
      aria-label={zoomed ? words.pictureOf(name) : undefined}
      onPointerDown={(event) => {
        if (event.pointerType === "touch" && event.isPrimary) {
          start.current = { x: event.clientX, y: event.clientY };
        } else start.current = undefined;
      }}
      onPointerUp={onPointerUp}
      onPointerCancel={() => {
        start.current = undefined;
      }}
      onClick={(event) => {
        // Beside the picture is the page that one came from.
        if (event.target === event.currentTarget && !zoomed) onClose();
      }}
    >
      {url !== undefined && (
        <img
          src={url}
          alt={words.pictureOf(name)}
          style={{ "--wide": width, "--high": height } as CSSProperties}
          draggable={false}
          data-small={whole.url === undefined || undefined}
          onDoubleClick={onZoom}
        />
      )}
      {whole.state === "loading" && whole.url === undefined && (
        <div className={styles.over}>
          <Spinner label={t.common.loading} />
        </div>
      )}
      {problem !== undefined && (
        <div className={styles.over} role="alert">
          <p className={styles.problem}>
            {problem}
            {whole.state === "failed" && (
              <button type="button" onClick={whole.retry}>
                {t.common.retry}
              </button>
            )}
          </p>
        </div>
      )}
    </div>
  );
}
