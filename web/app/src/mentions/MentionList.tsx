import type { Person } from "@aizuchi/sdk";
import { useEffect, useRef } from "react";
import { Avatar } from "../ui/Avatar.tsx";
import styles from "./MentionList.module.css";
import { useMentionWords } from "./words.ts";

interface MentionListProps {
  id: string;
  people: readonly Person[];
  active: number;
  onTake: (person: Person) => void;
}

/** The people whom the name that is being written may mean. Focus stays in the text. */
export function MentionList({ id, people, active, onTake }: MentionListProps) {
  const words = useMentionWords();
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <>
      <ul ref={list} id={id} className={styles.list} role="listbox" aria-label={words.title}>
        {people.map((person, index) => (
          <li
            key={person.sub}
            id={`${id}-${index}`}
            className={styles.person}
            role="option"
            aria-selected={index === active}
            // Keeps the focus, and the phone's keyboard, where they are.
            onPointerDown={(event) => {
              event.preventDefault();
            }}
            onClick={() => {
              onTake(person);
            }}
          >
            <Avatar sub={person.sub} name={person.username} size="s" />
            <bdi className={styles.name}>{person.username}</bdi>
          </li>
        ))}
      </ul>
      <p className="said" role="status">
        {words.found(people.length)}
      </p>
    </>
  );
}
