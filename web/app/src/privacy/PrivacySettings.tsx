import type { Audience, Person } from "@aizuchi/sdk";
import { useEffect, useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { Choice } from "../settings/Choice.tsx";
import { useClient, useObservable } from "../state/context.tsx";
import { nameOf } from "../state/people.ts";
import { Button } from "../ui/Button.tsx";
import { FormError } from "../ui/FormError.tsx";
import styles from "./Privacy.module.css";
import { useDoing } from "./useDoing.ts";
import { useWords } from "./words.ts";

/** Who sees whether one is there, and whom one blocks. */
export function PrivacySettings() {
  const words = useWords();
  const blocked = useObservable(useClient().privacy.blocked);
  return (
    <div className={styles.privacy}>
      <Shown />
      <h3>{words.blockedPeople}</h3>
      {blocked?.length === 0 && <p className={styles.text}>{words.nobodyBlocked}</p>}
      <ul className={styles.list}>
        {blocked?.map((person) => (
          <Blocked key={person.sub} person={person} />
        ))}
      </ul>
    </div>
  );
}

function Shown() {
  const { t } = useI18n();
  const words = useWords();
  const { privacy } = useClient();
  const [audience, setAudience] = useState<Audience>();
  const { problem, run } = useDoing();
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    let left = false;
    privacy.audience().then(
      (now) => {
        if (!left) setAudience(now);
      },
      () => {
        if (!left) setFailed(true);
      },
    );
    return () => {
      left = true;
    };
  }, [privacy]);

  const change = async (next: Audience): Promise<void> => {
    setAudience(next);
    if (!(await run(() => privacy.setAudience(next)))) setAudience(audience);
  };

  if (failed) return <FormError>{t.errors.unavailable}</FormError>;
  if (audience === undefined) return <p role="status">{t.common.loading}</p>;
  return (
    <>
      <Choice<Audience>
        label={words.audience}
        value={audience}
        options={[
          { value: "everybody", label: words.everybody },
          { value: "contacts", label: words.contacts },
          { value: "nobody", label: words.nobody },
        ]}
        onChange={(next) => void change(next)}
      />
      <p className={styles.text}>{words.audienceText}</p>
      <FormError>{problem}</FormError>
    </>
  );
}

function Blocked({ person }: { person: Person }) {
  const { t } = useI18n();
  const words = useWords();
  const { privacy } = useClient();
  const { busy, problem, run } = useDoing();
  const name = nameOf(person, t);
  return (
    <li className={styles.person}>
      <span className={styles.name} dir="auto">
        {name}
      </span>
      <FormError>{problem}</FormError>
      <Button
        aria-label={words.unblockLabel(name)}
        busy={busy}
        onClick={() => void run(() => privacy.unblock(person.sub))}
      >
        {words.unblock}
      </Button>
    </li>
  );
}
