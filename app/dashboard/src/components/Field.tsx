import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from "react";
import styles from "./Field.module.css";

interface FieldProps {
  label: string;
  /** What the figure counts: "%", "USD", "seconds". */
  unit?: string;
  help?: ReactNode;
  error?: string | undefined;
  /** It has the focus when its dialog opens. */
  "data-autofocus"?: boolean;
}

type Named<T> = Omit<T, "id" | "aria-describedby" | "aria-invalid" | "className">;

/** A text or number field with its label, unit, help and what is wrong with it. */
export function Field({
  label,
  unit,
  help,
  error,
  ...input
}: FieldProps & Named<InputHTMLAttributes<HTMLInputElement>>) {
  const ids = useFieldIds();
  return (
    <FieldFrame {...{ ids, label, unit, help, error }}>
      <input {...input} {...described(ids, { help, error, unit })} className={styles.control} />
    </FieldFrame>
  );
}

/** A choice among few words. */
export function SelectField({
  label,
  unit,
  help,
  error,
  children,
  ...select
}: FieldProps & Named<SelectHTMLAttributes<HTMLSelectElement>>) {
  const ids = useFieldIds();
  return (
    <FieldFrame {...{ ids, label, unit, help, error }}>
      <select {...select} {...described(ids, { help, error, unit })} className={styles.control}>
        {children}
      </select>
    </FieldFrame>
  );
}

/** A text of several lines. */
export function TextField({
  label,
  unit,
  help,
  error,
  ...area
}: FieldProps & Named<TextareaHTMLAttributes<HTMLTextAreaElement>>) {
  const ids = useFieldIds();
  return (
    <FieldFrame {...{ ids, label, unit, help, error }}>
      <textarea rows={4} {...area} {...described(ids, { help, error, unit })} className={styles.control} />
    </FieldFrame>
  );
}

/** A choice of yes or no. */
export function CheckField({
  label,
  help,
  error,
  ...input
}: FieldProps & Named<InputHTMLAttributes<HTMLInputElement>>) {
  const ids = useFieldIds();
  return (
    <div className={styles.field}>
      <div className={styles.check}>
        <input {...input} type="checkbox" {...described(ids, { help, error, unit: undefined })} />
        <label htmlFor={ids.input}>{label}</label>
      </div>
      <FieldWords {...{ ids, help, error }} />
    </div>
  );
}

interface Ids {
  input: string;
  help: string;
  error: string;
  unit: string;
}

function useFieldIds(): Ids {
  const id = useId();
  return { input: id, help: `${id}-help`, error: `${id}-error`, unit: `${id}-unit` };
}

interface Words {
  help: ReactNode;
  error: string | undefined;
  unit?: string | undefined;
}

function described(ids: Ids, { help, error, unit }: Words) {
  const by = [unit && ids.unit, help !== undefined && ids.help, error && ids.error].filter(Boolean).join(" ");
  return {
    id: ids.input,
    "aria-describedby": by === "" ? undefined : by,
    "aria-invalid": error === undefined ? undefined : true,
  };
}

function FieldFrame({
  ids,
  label,
  unit,
  help,
  error,
  children,
}: Words & { ids: Ids; label: string; children: ReactNode }) {
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={ids.input}>
        {label}
      </label>
      <div className={styles.line}>
        {children}
        {unit && (
          <span className={styles.unit} id={ids.unit}>
            {unit}
          </span>
        )}
      </div>
      <FieldWords {...{ ids, help, error }} />
    </div>
  );
}

function FieldWords({ ids, help, error }: Words & { ids: Ids }) {
  return (
    <>
      {help !== undefined && (
        <p className={styles.help} id={ids.help}>
          {help}
        </p>
      )}
      {error !== undefined && (
        <p className={styles.error} id={ids.error}>
          {error}
        </p>
      )}
    </>
  );
}
