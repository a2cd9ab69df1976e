import type { Person } from "@aizuchi/sdk";
import { useI18n } from "../i18n/index.tsx";
import { formatRoute } from "../shell/routes.ts";
import { CopyField } from "../ui/CopyField.tsx";
import { QrCode } from "../ui/QrCode.tsx";
import styles from "./InviteCard.module.css";

/** One's own id and invite link, to copy or to scan. */
export function InviteCard({ self }: { self: Person }) {
  const { t } = useI18n();
  const link = location.origin + formatRoute({ page: "invite", sub: self.sub });
  return (
    <div className={styles.card}>
      <div className={styles.layout}>
        {" "}
        <figure className={styles.figure}>
          <QrCode text={link} label={t.start.qr} />
          <figcaption>{t.start.qrHint}</figcaption>
        </figure>
        <div className={styles.values}>
          <CopyField label={t.start.inviteLink} value={link} copyLabel={t.start.copyLink} />
          <CopyField label={t.start.id} value={self.sub} copyLabel={t.start.copyId} />
        </div>
      </div>
    </div>
  );
}
