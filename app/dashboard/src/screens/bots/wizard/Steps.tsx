import { STEP_WORDS, STEPS, type Step } from "./draft";
import styles from "./Wizard.module.css";

/** Where one is; what was done before can be gone back to. */
export function Steps({ current, onGo }: { current: Step; onGo: (step: Step) => void }) {
  const at = STEPS.indexOf(current);
  return (
    <ol className={styles.steps} aria-label="Steps">
      {STEPS.map((step, place) => (
        <li key={step} aria-current={step === current ? "step" : undefined}>
          <span className={styles.number} aria-hidden="true">
            {place + 1}
          </span>
          {place < at ? (
            <button type="button" onClick={() => onGo(step)}>
              {STEP_WORDS[step]}
            </button>
          ) : (
            <span>{STEP_WORDS[step]}</span>
          )}
        </li>
      ))}
    </ol>
  );
}
