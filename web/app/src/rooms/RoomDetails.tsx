import type { ConversationState, Person } from "@aizuchi/sdk";
import { useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { useDoing } from "../privacy/useDoing.ts";
import { navigate } from "../shell/useRoute.ts";
import { useClient } from "../state/context.tsx";
import { sentenceOf } from "../state/failures.ts";
import { nameOf } from "../state/people.ts";
import { Avatar } from "../ui/Avatar.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { FormError } from "../ui/FormError.tsx";
import { useForm } from "../ui/useForm.ts";
import { findPeople, NobodyError } from "./people.ts";
import styles from "./RoomDetails.module.css";
import { nameProblem } from "./roomName.ts";
import { useWords } from "./words.ts";

interface RoomDetailsProps {
  id: string;
  name: string;
  state: ConversationState;
  onClose: () => void;
}

/** Who is in a room, and what one may change of it. */
export function RoomDetails({ id, name, state, onClose }: RoomDetailsProps) {
  const words = useWords();
  const { t } = useI18n();
  const { self, rooms } = useClient();
  const { busy, problem, run } = useDoing();
  const [leaving, setLeaving] = useState(false);
  const { members, memberCount = members.length, role } = state;
  const rules = role === "owner" || role === "admin";
  const unnamed = memberCount - members.length;

  const leave = async (): Promise<void> => {
    if (!(await run(() => rooms.leave(id)))) return;
    onClose();
    navigate({ page: "home" }, { replace: true });
  };

  return (
    <Dialog title={name} onClose={onClose}>
      <div className={styles.details}>
        <h3>{words.members(memberCount)}</h3>
        <ul className={styles.members}>
          {members.map((member: Person) => (
            <li key={member.sub}>
              <Avatar sub={member.sub} name={nameOf(member, t)} size="s" />
              <bdi className={styles.name}>{nameOf(member, t)}</bdi>
              {rules && member.sub !== self.sub && (
                <Button
                  look="plain"
                  busy={busy}
                  aria-label={words.removeLabel(nameOf(member, t))}
                  onClick={() => void run(() => rooms.remove(id, member.sub))}
                >
                  {words.remove}
                </Button>
              )}
            </li>
          ))}
          {unnamed > 0 && <li>{words.more(unnamed)}</li>}
        </ul>
        {rules && <Invite id={id} />}
        {rules && <Rename id={id} name={name} />}
        <FormError>{problem}</FormError>
        {leaving && <p>{words.leaveText}</p>}
        <Button
          look="danger"
          busy={busy}
          onClick={() => {
            if (leaving) void leave();
            else setLeaving(true);
          }}
        >
          {leaving ? words.leaveSurely : words.leave}
        </Button>
      </div>
    </Dialog>
  );
}

function Invite({ id }: { id: string }) {
  const words = useWords();
  const { t } = useI18n();
  const client = useClient();
  const { busy, problems, formProps, field } = useForm(["people"], {
    check: ({ people }) => (people.trim() === "" ? { people: t.start.empty } : {}),
    submit: async ({ people }) => {
      const subs = await findPeople(client, people);
      if (subs.length > 0) await client.rooms.invite(id, subs);
    },
    explain: (error) =>
      error instanceof NobodyError
        ? { people: words.nobody(error.text) }
        : { form: sentenceOf(error, t) },
  });
  return (
    <form className={styles.form} {...formProps}>
      <Field
        {...field("people")}
        label={words.invite}
        hint={words.peopleHint}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
      />
      <FormError>{problems.form}</FormError>
      <Button type="submit" busy={busy}>
        {words.add}
      </Button>
    </form>
  );
}

function Rename({ id, name }: { id: string; name: string }) {
  const words = useWords();
  const { t } = useI18n();
  const { rooms } = useClient();
  const { busy, problems, formProps, field } = useForm(["room"], {
    check: ({ room }) => ({ room: nameProblem(room, words) }),
    submit: ({ room }) => rooms.rename(id, room.trim()),
    explain: (error) => ({ form: sentenceOf(error, t) }),
  });
  return (
    <form className={styles.form} key={name} {...formProps}>
      <Field {...field("room")} label={words.name} defaultValue={name} autoComplete="off" />
      <FormError>{problems.form}</FormError>
      <Button type="submit" busy={busy}>
        {words.rename}
      </Button>
    </form>
  );
}
