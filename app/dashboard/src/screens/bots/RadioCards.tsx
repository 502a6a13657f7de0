import { type ReactNode, useId } from "react";
import styles from "./Bots.module.css";

export interface RadioCard<Value extends string> {
  value: Value;
  label: string;
  says: ReactNode;
}

interface Props<Value extends string> {
  /** What is chosen, for screen readers. */
  legend: string;
  choices: readonly RadioCard<Value>[];
  value: Value;
  onChoose: (value: Value) => void;
}

/** One choice among few that need a sentence each. */
export function RadioCards<Value extends string>({ legend, choices, value, onChoose }: Props<Value>) {
  const name = useId();
  return (
    <fieldset className={styles.choices}>
      <legend className="visually-hidden">{legend}</legend>
      {choices.map((choice) => (
        <label key={choice.value} className={styles.choice}>
          <input
            type="radio"
            name={name}
            checked={choice.value === value}
            onChange={() => onChoose(choice.value)}
          />
          <span>
            <strong>{choice.label}</strong>
            <span className="small soft">{choice.says}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
