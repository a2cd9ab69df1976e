import { useEffect, useRef, useState } from "react";
import { LocaleSwitch } from "../auth/LocaleSwitch.tsx";
import { useI18n } from "../i18n/index.tsx";
import { useLink } from "../shell/useRoute.ts";
import { Button } from "../ui/Button.tsx";
import { FormError } from "../ui/FormError.tsx";
import { Mark } from "../ui/Logo.tsx";
import { Notice } from "../ui/Notice.tsx";
import { Spinner } from "../ui/Spinner.tsx";
import styles from "./EstimatePage.module.css";
import { formatQuestion, parseQuestion } from "./question.ts";
import { Results } from "./Results.tsx";
import { UsageForm } from "./UsageForm.tsx";
import { useEstimate } from "./useEstimate.ts";
import { useWords } from "./words/index.ts";

const home = { page: "home" } as const;

/** What a chat costs: for those who think about running one, signed in or not. */
export default function EstimatePage() {
  const { t } = useI18n();
  const { w } = useWords();
  const [question, setQuestion] = useState(() => parseQuestion(location.search));
  const query = formatQuestion(question);
  const { answer, loading, failed, retry } = useEstimate(query);
  const toChat = useLink(home);
  const heading = useRef<HTMLHeadingElement>(null);

  // Who comes by keyboard goes on from here.
  useEffect(() => {
    heading.current?.focus();
  }, []);

  // An estimate can be sent to somebody by its address.
  useEffect(() => {
    history.replaceState(null, "", location.pathname + (query && `?${query}`));
  }, [query]);

  useEffect(() => {
    const before = document.title;
    document.title = `${w.title} · ${t.common.productName}`;
    return () => {
      document.title = before;
    };
  }, [w, t]);

  return (
    <div className={styles.page}>
      <header className={styles.bar}>
        <a className={styles.brand} {...toChat}>
          <Mark size={28} />
          <span>{t.common.productName}</span>
          <span className="said">{w.toChat}</span>
        </a>
        <LocaleSwitch />
      </header>
      <main className={styles.main}>
        <div className={styles.head}>
          <h1 ref={heading} tabIndex={-1}>
            {w.title}
          </h1>
          <p>{w.lead}</p>
        </div>
        <UsageForm question={question} onChange={setQuestion} />
        <div className={styles.results} aria-busy={loading}>
          {failed && answer && (
            <div className={styles.stale}>
              <FormError>{w.stale}</FormError>
              <Button onClick={retry}>{t.common.retry}</Button>
            </div>
          )}
          {answer ? (
            <Results answer={answer} />
          ) : failed ? (
            <Notice text={w.failed}>
              <Button onClick={retry}>{t.common.retry}</Button>
            </Notice>
          ) : (
            <Spinner label={w.loading} />
          )}
        </div>
      </main>
    </div>
  );
}
