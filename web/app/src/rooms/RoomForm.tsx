import { useI18n } from "../i18n/index.tsx";
import { navigate } from "../shell/useRoute.ts";
import startStyles from "../start/StartForm.module.css";
import { useClient } from "../state/context.tsx";
import { sentenceOf } from "../state/failures.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { FormError } from "../ui/FormError.tsx";
import { useForm } from "../ui/useForm.ts";
import { findPeople, NobodyError } from "./people.ts";
import { nameProblem } from "./roomName.ts";
import { useWords } from "./words.ts";

/** Makes a room, and opens it. */
export function RoomForm({ onOpened }: { onOpened: () => void }) {
  const { t } = useI18n();
  const words = useWords();
  const client = useClient();
  const { busy, problems, formProps, field } = useForm(["room", "people"], {
    check: ({ room }) => ({ room: nameProblem(room, words) }),
    submit: async ({ room, people }) => {
      const conversationId = await client.rooms.create(
        room.trim(),
        await findPeople(client, people),
      );
      navigate({ page: "conversation", conversationId });
      onOpened();
    },
    explain: (error) =>
      error instanceof NobodyError
        ? { people: words.nobody(error.text) }
        : { form: sentenceOf(error, t) },
  });
  return (
    <form className={startStyles.form} {...formProps}>
      <Field {...field("room")} label={words.name} autoComplete="off" />
      <Field
        {...field("people")}
        label={words.people}
        hint={words.peopleHint}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
      />
      <FormError>{problems.form}</FormError>
      <Button type="submit" busy={busy}>
        {words.create}
      </Button>
    </form>
  );
}
