import type { Person, Role } from "@aizuchi/sdk";
import { useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { useDoing } from "../privacy/useDoing.ts";
import { useClient, useObservable } from "../state/context.tsx";
import { isCode } from "../state/failures.ts";
import { nameOf } from "../state/people.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { Button, IconButton } from "../ui/Button.tsx";
import { FormError } from "../ui/FormError.tsx";
import { Select } from "../ui/Select.tsx";
import styles from "./Members.module.css";
import { useWords } from "./words.ts";

const ROLES = ["owner", "admin", "member"] as const;

interface MemberRowProps {
  room: string;
  member: Person;
  /** Undefined while it is not known. */
  role: Role | undefined;
  /** What one is oneself. */
  own: Role | undefined;
  /** Nobody but this one owns the room. */
  lastOwner: boolean;
  onChanged: () => void;
}

/** Somebody in a room, and what one may do about that. */
export function MemberRow({ room, member, role, own, lastOwner, onChanged }: MemberRowProps) {
  const { t } = useI18n();
  const words = useWords();
  const client = useClient();
  const { sub } = member;
  const { online } = useObservable(client.presence(sub));
  const { busy, problem, run } = useDoing((error) =>
    isCode(error, "conflict") ? words.lastOwner : undefined,
  );
  const [removing, setRemoving] = useState(false);
  const self = sub === client.self.sub;
  const name = nameOf(member, t);
  const removable = !self && (own === "owner" || (own === "admin" && role === "member"));

  const change = async (what: () => Promise<void>): Promise<void> => {
    if (await run(what)) onChanged();
  };

  return (
    <div className={styles.member}>
      <div className={styles.line}>
        <Avatar sub={sub} name={name} size="s" online={online} />
        <p className={styles.name}>
          <bdi>{name}</bdi>
          {self && <span className={styles.self}> {words.you}</span>}
          {online && <span className="said">, {t.people.online}</span>}
        </p>
        {own === "owner" && role !== undefined ? (
          <Select
            bare
            label={words.roleOf(name)}
            value={role}
            options={ROLES.map((one) => ({ value: one, label: words.roleNames[one] }))}
            disabled={busy || lastOwner}
            describedBy={lastOwner ? "last-owner" : undefined}
            onChange={(next) => void change(() => client.rooms.setRole(room, sub, next))}
          />
        ) : (
          role !== undefined &&
          role !== "member" && <span className={styles.role}>{words.roleNames[role]}</span>
        )}
        {removable && !removing && (
          <IconButton
            icon="close"
            label={words.removeLabel(name)}
            onClick={() => {
              setRemoving(true);
            }}
          />
        )}
      </div>
      {lastOwner && own === "owner" && (
        <p id="last-owner" className={styles.hint}>
          {words.lastOwner}
        </p>
      )}
      {removing && (
        <div className={styles.asked} role="group" aria-label={words.removeLabel(name)}>
          <p>{words.removeText(name)}</p>
          <Button
            look="danger"
            busy={busy}
            onClick={() => void change(() => client.rooms.remove(room, sub))}
          >
            {words.remove}
          </Button>
          <Button
            onClick={() => {
              setRemoving(false);
            }}
          >
            {words.cancel}
          </Button>
        </div>
      )}
      <FormError>{problem}</FormError>
    </div>
  );
}
