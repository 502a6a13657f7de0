import { Check, X } from "lucide-react";
import styles from "./Gates.module.css";
import type { Gate, Ticket } from "./ticket";
import { useReasons } from "./ticket";

const ORDER_WORDS = { entry: "for the entry", exit: "for the exit" } as const;
const NOTHING_TO_HOLD = new Set(["does not concern this alert", "no limit"]);

/** What was checked: what refused stands open with its figures and cure, what passed is folded. */
export function Gates({ gates }: { gates: Ticket["gates"] }) {
  const refusing = gates.filter((gate) => !gate.passed);
  const passed = gates.filter((gate) => gate.passed);
  const binding = passed.filter((gate) => !NOTHING_TO_HOLD.has(gate.detail));
  return (
    <div className="stack">
      {refusing.length > 0 && (
        <ul className={styles.gates}>
          {refusing.map((gate) => (
            <Refusal key={`${gate.order}-${gate.gate}`} gate={gate} />
          ))}
        </ul>
      )}
      <details className={styles.passed}>
        <summary>
          {passed.length} {passed.length === 1 ? "check" : "checks"} passed
          {binding.length < passed.length &&
            `, ${passed.length - binding.length} of them without a limit set`}
        </summary>
        <ul className={styles.gates}>
          {passed.map((gate) => (
            <li key={`${gate.order}-${gate.gate}`} className={styles.gate}>
              <Check size={16} aria-hidden="true" className="gain" />
              <span>
                <span className="visually-hidden">Passed: </span>
                {gateWords(gate)}
              </span>
              <span className="soft small">{gate.detail}</span>
            </li>
          ))}
        </ul>
      </details>
    </div>
  );
}

function Refusal({ gate }: { gate: Gate }) {
  const reasons = useReasons();
  const known = reasons.data?.reasons.find((reason) => reason.code === gate.code);
  return (
    <li className={`${styles.gate} ${styles.refusing}`}>
      <X size={16} aria-hidden="true" className="loss" />
      <span>
        <strong>
          <span className="visually-hidden">Refused: </span>
          {gateWords(gate)}
        </strong>
        <span className={styles.figures}>{gate.detail}</span>
        {known && (
          <span className={styles.cure}>
            {known.sentence} {known.cure}
          </span>
        )}
      </span>
      <code className="soft small">{gate.code}</code>
    </li>
  );
}

function gateWords({ gate, order }: Gate): string {
  const words = gate.replaceAll("_", " ");
  const named = words.charAt(0).toUpperCase() + words.slice(1);
  return order === undefined ? named : `${named} ${ORDER_WORDS[order]}`;
}
