import { useI18n } from "../i18n/index.tsx";
import { navigate } from "../shell/useRoute.ts";
import { useClient } from "../state/context.tsx";
import { isCode, sentenceOf } from "../state/failures.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { FormError } from "../ui/FormError.tsx";
import { useForm } from "../ui/useForm.ts";
import { findPerson } from "./findPerson.ts";
import styles from "./StartForm.module.css";

/** Opens a conversation with the person of a name or an id. */
export function StartForm({ onOpened }: { onOpened?: () => void }) {
  const { t } = useI18n();
  const client = useClient();
  const { self } = client;
  const { busy, problems, formProps, field } = useForm(["partner"], {
    check: ({ partner }) => {
      const text = partner.trim();
      if (text === "") return { partner: t.start.empty };
      return text === self.sub ? { partner: t.start.yourself } : {};
    },
    submit: async ({ partner }) => {
      const person = await findPerson(client, partner.trim());
      if (person.sub === self.sub) throw new YourselfError();
      navigate({ page: "conversation", conversationId: client.openDirect(person) });
      onOpened?.();
    },
    explain: (error) => {
      if (error instanceof YourselfError) return { partner: t.start.yourself };
      if (isCode(error, "not_found") || isCode(error, "invalid_request")) {
        return { partner: t.start.notFound };
      }
      return { form: sentenceOf(error, t) };
    },
  });
  return (
    <form className={styles.form} {...formProps}>
      <Field
        {...field("partner")}
        label={t.start.partner}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
      />
      <FormError>{problems.form}</FormError>
      <Button type="submit" look="primary" busy={busy}>
        {busy ? t.start.opening : t.start.open}
      </Button>
    </form>
  );
}

/** The name that was looked up is one's own. */
class YourselfError extends Error {}
