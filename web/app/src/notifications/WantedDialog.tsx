import type { Wanted } from "@aizuchi/sdk";
import { useEffect, useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { useClient } from "../state/context.tsx";
import { Choice } from "../settings/Choice.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { FormError } from "../ui/FormError.tsx";
import { Spinner } from "../ui/Spinner.tsx";

/** Of which messages of a conversation a person is told. */
export function WantedDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useI18n();
  const { notifications } = useClient();
  const [wanted, setWanted] = useState<Wanted>();
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    let left = false;
    notifications.wanted(id).then(
      (wanted) => {
        if (!left) setWanted(wanted);
      },
      () => {
        if (!left) setFailed(true);
      },
    );
    return () => {
      left = true;
    };
  }, [notifications, id]);

  const change = async (next: Wanted): Promise<void> => {
    setWanted(next);
    setFailed(false);
    try {
      await notifications.want(id, next);
    } catch {
      setWanted(wanted);
      setFailed(true);
    }
  };

  return (
    <Dialog title={t.notifications.title} onClose={onClose}>
      {wanted === undefined ? (
        !failed && <Spinner label={t.common.loading} />
      ) : (
        <Choice<Wanted>
          label={t.notifications.wanted}
          value={wanted}
          options={[
            { value: "all", label: t.notifications.all },
            { value: "mentions", label: t.notifications.mentions },
            { value: "none", label: t.notifications.none },
          ]}
          onChange={(next) => void change(next)}
        />
      )}
      {failed && <FormError>{t.errors.unavailable}</FormError>}
    </Dialog>
  );
}
