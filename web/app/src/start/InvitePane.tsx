import { useEffect, useState } from "react";
import { useI18n } from "../i18n/index.tsx";
import { navigate } from "../shell/useRoute.ts";
import { useClient } from "../state/context.tsx";
import { isCode, sentenceOf } from "../state/failures.ts";
import { Button } from "../ui/Button.tsx";
import { Spinner } from "../ui/Spinner.tsx";
import { Notice } from "../ui/Notice.tsx";

/** Follows an invite link: opens the conversation with whoever handed it on. */
export function InvitePane({ sub }: { sub: string }) {
  const { t } = useI18n();
  const client = useClient();
  const [failure, setFailure] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    let left = false;
    const follow = async (): Promise<void> => {
      try {
        if (sub === client.self.sub) {
          navigate({ page: "home" }, { replace: true });
          return;
        }
        const person = await client.lookup({ sub });
        if (left) return;
        const conversationId = client.openDirect(person);
        navigate({ page: "conversation", conversationId }, { replace: true });
      } catch (error) {
        if (!left) setFailure(error);
      }
    };
    void follow();
    return () => {
      left = true;
    };
  }, [client, sub, attempt]);

  if (failure === undefined) return <Spinner label={t.start.opening} />;
  const dead = isCode(failure, "not_found") || isCode(failure, "invalid_request");
  return (
    <Notice heading text={dead ? t.start.inviteFailed : sentenceOf(failure, t)}>
      {dead ? (
        <Button
          onClick={() => {
            navigate({ page: "home" }, { replace: true });
          }}
        >
          {t.conversation.toList}
        </Button>
      ) : (
        <Button
          onClick={() => {
            setFailure(undefined);
            setAttempt(attempt + 1);
          }}
        >
          {t.common.retry}
        </Button>
      )}
    </Notice>
  );
}
