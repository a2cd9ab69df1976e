import type { Person, Role, RoomMember } from "@aizuchi/sdk";
import { useRef, useState } from "react";
import { Virtualizer } from "virtua";
import { useI18n } from "../i18n/index.tsx";
import { contains } from "../list/filter.ts";
import { useClient } from "../state/context.tsx";
import { sentenceOf } from "../state/failures.ts";
import { nameOf } from "../state/people.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { FormError } from "../ui/FormError.tsx";
import { MemberRow } from "./MemberRow.tsx";
import styles from "./Members.module.css";
import { useWords } from "./words.ts";

/** From how many on they may be filtered, and from how many on only those in view are there. */
const FILTERED = 9;
const LONG = 40;

const RANK: Record<Role, number> = { owner: 0, admin: 1, member: 2 };

interface MembersProps {
  room: string;
  /** All of them, once they are known. */
  members: readonly RoomMember[] | undefined;
  /** Those who are known at once. */
  named: readonly Person[];
  /** How many there are. */
  count: number;
  own: Role | undefined;
  problem: unknown;
  onChanged: () => void;
}

/** Who is in a room: those who rule it first, and then by name. */
export function Members(props: MembersProps) {
  const { room, members, named, count, own, problem, onChanged } = props;
  const { t, locale } = useI18n();
  const words = useWords();
  const { self } = useClient();
  const [filter, setFilter] = useState("");
  const scroller = useRef<HTMLDivElement>(null);

  const people: readonly (Person & { role?: Role })[] = members ?? named;
  const order = new Intl.Collator(locale);
  const shown = people
    .filter((person) => contains(nameOf(person, t), filter.trim()))
    .sort(
      (a, b) =>
        RANK[a.role ?? "member"] - RANK[b.role ?? "member"] ||
        order.compare(nameOf(a, t), nameOf(b, t)),
    );
  const owners = people.filter(({ role }) => role === "owner").length;
  const row = (person: Person & { role?: Role }) => (
    <MemberRow
      room={room}
      member={person}
      role={person.role}
      own={members ? own : undefined}
      lastOwner={
        person.sub === self.sub && person.role === "owner" && owners === 1 && people.length > 1
      }
      onChanged={onChanged}
    />
  );
  const missing = count - people.length;

  return (
    <section className={styles.members} aria-label={words.members(count)}>
      <h3>{words.members(count)}</h3>
      {people.length >= FILTERED && (
        <Field
          type="search"
          label={words.filterMembers}
          autoComplete="off"
          value={filter}
          onChange={(event) => {
            setFilter(event.target.value);
          }}
        />
      )}
      {shown.length > LONG ? (
        <div ref={scroller} className={styles.long} tabIndex={0} role="list">
          <Virtualizer data={shown} scrollRef={scroller} itemSize={52}>
            {(person, index) => (
              <div
                key={person.sub}
                role="listitem"
                aria-setsize={shown.length}
                aria-posinset={index + 1}
              >
                {row(person)}
              </div>
            )}
          </Virtualizer>
        </div>
      ) : (
        <ul className={styles.list} role="list">
          {shown.map((person) => (
            <li key={person.sub}>{row(person)}</li>
          ))}
        </ul>
      )}
      {shown.length === 0 && <p className={styles.none}>{t.list.noMatch(filter.trim())}</p>}
      {!members && problem === undefined && (
        <p className={styles.none} role="status">
          {t.common.loading}
        </p>
      )}
      {!members && problem !== undefined && missing > 0 && (
        <p className={styles.none}>{words.more(missing)}</p>
      )}
      {problem !== undefined && (
        <>
          <FormError>{sentenceOf(problem, t)}</FormError>
          <div>
            <Button onClick={onChanged}>{t.common.retry}</Button>
          </div>
        </>
      )}
    </section>
  );
}
