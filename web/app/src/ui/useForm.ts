import { type SubmitEvent, useRef, useState } from "react";

/** A field's name to the sentence beside it; `form` stands for the whole. */
export type Problems<Field extends string> = Partial<Record<Field | "form", string | undefined>>;

interface FormOptions<Field extends string> {
  /** What can be told to be wrong without asking the server. */
  check: (values: Record<Field, string>) => Problems<Field>;
  submit: (values: Record<Field, string>) => Promise<void>;
  /** Which field an error of `submit` belongs to, and its sentence. */
  explain: (error: unknown) => Problems<Field>;
}

/**
 * The life of a short form: checked on submit, and from then on each field's
 * error goes away as the field is changed. After an error the focus is in the
 * first field that has one.
 */
export function useForm<Field extends string>(
  fields: readonly Field[],
  { check, submit, explain }: FormOptions<Field>,
) {
  const form = useRef<HTMLFormElement>(null);
  const [problems, setProblems] = useState<Problems<Field>>({});
  const [busy, setBusy] = useState(false);

  const show = (found: Problems<Field>): void => {
    setProblems(found);
    const first = fields.find((field) => found[field] !== undefined);
    if (first) form.current?.querySelector<HTMLInputElement>(`[name="${first}"]`)?.focus();
  };

  const onSubmit = async (event: SubmitEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    const element = event.currentTarget;
    const data = new FormData(element);
    const values = {} as Record<Field, string>;
    for (const field of fields) {
      const value = data.get(field);
      values[field] = typeof value === "string" ? value : "";
    }
    const found = check(values);
    if (Object.values(found).some((problem) => problem !== undefined)) {
      show(found);
      return;
    }
    setBusy(true);
    setProblems({});
    try {
      await submit(values);
      element.reset();
    } catch (error) {
      show(explain(error));
    } finally {
      setBusy(false);
    }
  };

  return {
    busy,
    problems,
    formProps: {
      ref: form,
      noValidate: true,
      onSubmit: (event: SubmitEvent<HTMLFormElement>) => void onSubmit(event),
    },
    /** The props that a field of this form shares with its kind. */
    field: (name: Field) => ({
      name,
      error: problems[name],
      onChange: () => {
        if (problems[name] !== undefined) setProblems({ ...problems, [name]: undefined });
      },
    }),
  };
}
