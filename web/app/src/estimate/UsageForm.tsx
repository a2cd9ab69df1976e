import { type ReactNode, useId } from "react";
import { Choice } from "../settings/Choice.tsx";
import type { Numbers } from "./numbers.ts";
import { type Question, regions, type SliderName, sliders, tiers } from "./question.ts";
import { Slider } from "./Slider.tsx";
import styles from "./UsageForm.module.css";
import { useWords, type Words } from "./words/index.ts";

const first: SliderName[] = ["users", "online", "hours", "messages"];
const further: SliderName[] = [
  "recipients",
  "looking",
  "visits",
  "bytes",
  "poll",
  "keep-alive",
  "months",
];

interface UsageFormProps {
  question: Question;
  onChange: (question: Question) => void;
}

/** How the chat is used, to be turned. */
export function UsageForm({ question, onChange }: UsageFormProps) {
  const { w, n } = useWords();
  const id = useId();

  const slider = (name: SliderName): ReactNode => (
    <Slider
      key={name}
      label={w.sliders[name]}
      steps={sliders[name]}
      value={question[name]}
      text={(value) => valueText(name, value, w, n)}
      onChange={(value) => {
        onChange({ ...question, [name]: value });
      }}
    />
  );

  return (
    <form
      className={styles.form}
      aria-label={w.usage}
      onSubmit={(event) => {
        event.preventDefault();
      }}
    >
      {first.map(slider)}
      <Choice
        label={w.region}
        value={question.region}
        options={regions.map((value) => ({ value, label: w.regions[value] }))}
        onChange={(region) => {
          onChange({ ...question, region });
        }}
      />
      <details className={styles.more}>
        <summary>{w.more}</summary>
        <div className={styles.further}>
          {further.map(slider)}
          <Choice
            label={w.cognito}
            value={question.cognito}
            options={tiers.map((value) => ({ value, label: w.tiers[value] }))}
            onChange={(cognito) => {
              onChange({ ...question, cognito });
            }}
          />
          <div className={styles.check}>
            <input
              id={id}
              type="checkbox"
              aria-describedby={`${id}-hint`}
              checked={question.freeTiers}
              onChange={(event) => {
                onChange({ ...question, freeTiers: event.target.checked });
              }}
            />
            <div>
              <label htmlFor={id}>{w.freeTiers}</label>
              <p id={`${id}-hint`}>{w.freeTiersHint}</p>
            </div>
          </div>
        </div>
      </details>
    </form>
  );
}

function valueText(name: SliderName, value: number, w: Words, n: Numbers): string {
  switch (name) {
    case "users":
      return w.people(n.count(value));
    case "online":
    case "looking":
      return n.percent(value);
    case "hours":
      return w.hours(value);
    case "bytes":
      return w.bytes(n.count(value));
    case "poll":
    case "keep-alive":
      return w.seconds(value);
    case "months":
      return w.months(value);
    case "messages":
    case "recipients":
    case "visits":
      return n.count(value);
  }
}
