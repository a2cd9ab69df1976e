import type { ConversationState } from "@aizuchi/sdk";
import { useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { useDoing } from "../privacy/useDoing.ts";
import { navigate } from "../shell/useRoute.ts";
import { useClient } from "../state/context.tsx";
import { isCode, sentenceOf } from "../state/failures.ts";
import { nameOf } from "../state/people.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { FormError } from "../ui/FormError.tsx";
import { useForm } from "../ui/useForm.ts";
import { Members } from "./Members.tsx";
import { findPeople, NobodyError } from "./people.ts";
import styles from "./RoomDetails.module.css";
import { RoomLinks } from "./RoomLinks.tsx";
import { nameProblem } from "./roomName.ts";
import { useMembers } from "./useMembers.ts";
import { useWords } from "./words.ts";

interface RoomDetailsProps {
  id: string;
  name: string;
  state: ConversationState;
  onClose: () => void;
}

/** Who is in a room, and what one may change of it. */
export function RoomDetails({ id, name, state, onClose }: RoomDetailsProps) {
  const { t } = useI18n();
  const { self } = useClient();
  const { members: named, messages, role } = state;
  // Whatever happens to the room is told as an entry of it.
  const happened = messages.findLast(({ change }) => change !== undefined)?.seq ?? 0;
  const { members, problem, again } = useMembers(id, happened);
  const count = members?.length ?? state.memberCount ?? named.length;
  const rules = role === "owner" || role === "admin";
  const stuck =
    role === "owner" &&
    count > 1 &&
    members?.some((member) => member.role === "owner" && member.sub !== self.sub) === false;
  const nameOfSub = (sub: string): string =>
    nameOf(
      [...(members ?? named), self].find((one) => one.sub === sub),
      t,
    );

  return (
    <Dialog title={name} onClose={onClose}>
      <div className={styles.details}>
        <Members
          room={id}
          members={members}
          named={named}
          count={count}
          own={role}
          problem={problem}
          onChanged={again}
        />
        {rules && <Invite id={id} onDone={again} />}
        {rules && <RoomLinks id={id} nameOf={nameOfSub} />}
        {rules && <Rename id={id} name={name} />}
        <Leave id={id} stuck={stuck} onClose={onClose} />
      </div>
    </Dialog>
  );
}

interface LeaveProps {
  id: string;
  /** The last owner cannot go while others stay. */
  stuck: boolean;
  onClose: () => void;
}

function Leave({ id, stuck, onClose }: LeaveProps) {
  const words = useWords();
  const { rooms } = useClient();
  const { busy, problem, run } = useDoing((error) =>
    isCode(error, "conflict") ? words.lastOwner : undefined,
  );
  const [leaving, setLeaving] = useState(false);

  const leave = async (): Promise<void> => {
    if (!(await run(() => rooms.leave(id)))) return;
    onClose();
    navigate({ page: "home" }, { replace: true });
  };

  return (
    <section className={styles.form} aria-label={words.leave}>
      <h3>{words.leave}</h3>
      <p className={styles.text}>{stuck ? words.lastOwnerLeaves : words.leaveText}</p>
      <FormError>{problem}</FormError>
      {!stuck && (
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
      )}
    </section>
  );
}

function Invite({ id, onDone }: { id: string; onDone: () => void }) {
  const words = useWords();
  const { t } = useI18n();
  const client = useClient();
  const { busy, problems, formProps, field } = useForm(["people"], {
    check: ({ people }) => (people.trim() === "" ? { people: t.start.empty } : {}),
    submit: async ({ people }) => {
      const subs = await findPeople(client, people);
      if (subs.length > 0) await client.rooms.invite(id, subs);
      onDone();
    },
    explain: (error) => {
      if (error instanceof NobodyError) return { people: words.nobody(error.text) };
      return { form: isCode(error, "conflict") ? words.inAlready : sentenceOf(error, t) };
    },
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
    submit: async ({ room }) => {
      if (room.trim() !== name) await rooms.rename(id, room.trim());
    },
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
