import type { NewLink, RoomLink } from "@aizuchi/sdk";
import { useEffect, useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { useDoing } from "../privacy/useDoing.ts";
import { formatRoute } from "../shell/routes.ts";
import { useClient } from "../state/context.tsx";
import { isCode, sentenceOf } from "../state/failures.ts";
import { useNow } from "../state/useNow.ts";
import { Button } from "../ui/Button.tsx";
import { CopyField } from "../ui/CopyField.tsx";
import { FormError } from "../ui/FormError.tsx";
import { QrCode } from "../ui/QrCode.tsx";
import { Select } from "../ui/Select.tsx";
import styles from "./RoomLinks.module.css";
import { useWords } from "./words.ts";

const HOUR = 3_600;
const DAY = 24 * HOUR;

/** How long a link may be good for, in seconds. */
const TIMES = { hour: HOUR, day: DAY, week: 7 * DAY, month: 30 * DAY };

type Time = keyof typeof TIMES;

interface RoomLinksProps {
  id: string;
  nameOf: (sub: string) => string;
}

/** The links that lead into a room: to make, to hand on and to take back. */
export function RoomLinks({ id, nameOf }: RoomLinksProps) {
  const { t, dates } = useI18n();
  const words = useWords();
  const { rooms } = useClient();
  const now = useNow();
  const [links, setLinks] = useState<readonly RoomLink[]>();
  const [unknown, setUnknown] = useState<unknown>();
  const [fresh, setFresh] = useState<NewLink>();
  const [time, setTime] = useState<Time>("week");
  const { busy, problem, run } = useDoing((error) =>
    isCode(error, "conflict") ? words.linksFull : undefined,
  );

  useEffect(() => {
    let over = false;
    rooms.links(id).then(
      (found) => {
        if (!over) setLinks(found);
      },
      (error: unknown) => {
        if (!over) setUnknown(error);
      },
    );
    return () => {
      over = true;
    };
  }, [rooms, id]);

  const make = (): Promise<boolean> =>
    run(async () => {
      setFresh(await rooms.createLink(id, { expiresInSeconds: TIMES[time] }));
      setLinks(await rooms.links(id));
    });
  const revoke = (linkId: string): Promise<boolean> =>
    run(async () => {
      await rooms.revokeLink(id, linkId);
      if (fresh?.linkId === linkId) setFresh(undefined);
      setLinks(links?.filter((link) => link.linkId !== linkId));
    });

  const alive = links?.filter(({ expiresAt }) => expiresAt > now) ?? [];
  const address = fresh && location.origin + formatRoute({ page: "join", secret: fresh.secret });
  return (
    <section className={styles.links} aria-label={words.links}>
      <h3>{words.links}</h3>
      <p className={styles.text}>{words.linksText}</p>
      <div className={styles.make}>
        <Select
          label={words.validFor}
          value={time}
          options={(Object.keys(TIMES) as Time[]).map((one) => ({
            value: one,
            label: words.times[one],
          }))}
          onChange={setTime}
        />
        <Button icon="link" busy={busy} onClick={() => void make()}>
          {words.makeLink}
        </Button>
      </div>
      {address !== undefined && (
        <div className={styles.fresh}>
          <CopyField label={words.freshLink} value={address} copyLabel={words.copyLink} />
          <p className={styles.text}>{words.onceText}</p>
          <div className={styles.code}>
            <QrCode text={address} label={words.qr} />
          </div>
        </div>
      )}
      <ul className={styles.list} role="list">
        {alive.map(({ linkId, createdBy, expiresAt }) => {
          const expires = words.expires(dates.until(expiresAt, now));
          return (
            <li key={linkId} className={styles.link}>
              <div>
                <p>{expires}</p>
                <p className={styles.text}>{words.madeBy(nameOf(createdBy))}</p>
              </div>
              <Button
                aria-label={words.revokeLabel(expires)}
                busy={busy}
                onClick={() => void revoke(linkId)}
              >
                {words.revoke}
              </Button>
            </li>
          );
        })}
      </ul>
      <FormError>
        {problem ?? (unknown === undefined ? undefined : sentenceOf(unknown, t))}
      </FormError>
    </section>
  );
}
