import { useId } from "react";
import styles from "./Meters.module.css";

interface MeterProps {
  label: string;
  /** What stands beside it: "$120 of $250". */
  text: string;
  /** Between 0 and 1, for the bar alone. */
  share: number;
}

/** How much of a limit is used; close to it, it is marked in words too. */
export function Meter({ label, text, share }: MeterProps) {
  const id = useId();
  const isClose = share >= 0.8;
  return (
    <div className={styles.meter}>
      <div className={styles.words}>
        <span id={id}>{label}</span>
        <span className="soft">
          {text}
          {isClose && <strong className={styles.close}> {share >= 1 ? "used up" : "close"}</strong>}
        </span>
      </div>
      <meter
        aria-labelledby={id}
        aria-valuetext={text}
        min={0}
        max={1}
        high={0.8}
        optimum={0}
        value={Math.min(1, share)}
      />
    </div>
  );
}

interface ProgressProps {
  label: string;
  /** Left out: nobody knows how far it is. */
  done?: number | undefined;
  total?: number | undefined;
}

/** How far something is. */
export function Progress({ label, done, total }: ProgressProps) {
  const id = useId();
  const isKnown = done !== undefined && total !== undefined && total > 0;
  return (
    <div className={styles.meter}>
      <div className={styles.words}>
        <span id={id}>{label}</span>
        <span className="soft">{isKnown ? `${Math.floor((100 * done) / total)} %` : "under way"}</span>
      </div>
      <progress aria-labelledby={id} {...(isKnown ? { max: total, value: done } : {})} />
    </div>
  );
}
