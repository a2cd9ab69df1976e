import type { RoomMember } from "@aizuchi/sdk";
import { useI18n } from "../i18n/index.tsx";
import { useClient, useObservable } from "../state/context.tsx";
import { sentenceOf } from "../state/failures.ts";
import { nameOf } from "../state/people.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { FormError } from "../ui/FormError.tsx";
import styles from "./Members.module.css";
import { useMembers } from "./useMembers.ts";
import { useWords } from "./words.ts";

interface WhoReadProps {
  room: string;
  /** The message, which is one's own. */
  seq: number;
}

/** Who has read a message in a room, and who has not yet. */
export function WhoRead({ room, seq }: WhoReadProps) {
  const { t } = useI18n();
  const words = useWords();
  const { self, conversations } = useClient();
  const { items } = useObservable(conversations);
  const { members, problem } = useMembers(room, 0);
  // What came by itself since is newer than what was looked up.
  const reads = items.find(({ id }) => id === room)?.reads ?? {};
  const others = members?.filter(({ sub }) => sub !== self.sub) ?? [];
  const has = ({ sub, read }: RoomMember): boolean => Math.max(read, reads[sub] ?? 0) >= seq;
  const list = (title: string, people: readonly RoomMember[]) =>
    people.length > 0 && (
      <section className={styles.members} aria-label={title}>
        <h3>{title}</h3>
        <ul className={styles.list} role="list">
          {people.map((member) => {
            const name = nameOf(member, t);
            return (
              <li key={member.sub} className={styles.line}>
                <Avatar sub={member.sub} name={name} size="s" />
                <bdi className={styles.name}>{name}</bdi>
              </li>
            );
          })}
        </ul>
      </section>
    );

  if (!members) {
    return problem === undefined ? (
      <p role="status">{t.common.loading}</p>
    ) : (
      <FormError>{sentenceOf(problem, t)}</FormError>
    );
  }
  const read = others.filter(has);
  const unread = others.filter((member) => !has(member));
  return (
    <>
      {others.length === 0 && <p>{words.alone}</p>}
      {list(words.readBy(read.length), read)}
      {list(words.notReadBy(unread.length), unread)}
    </>
  );
}
