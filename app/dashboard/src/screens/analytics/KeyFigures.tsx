import { CircleHelp } from "lucide-react";
import type { ReactNode } from "react";
import { FEW } from "./analytics";
import styles from "./KeyFigures.module.css";

/** Figures beside each other, each with its definition in a tip. */
export function KeyFigures({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul className={styles.figures} aria-label={label}>
      {children}
    </ul>
  );
}

interface KeyFigureProps {
  name: string;
  definition: string;
  /** Of how many it is made: stands beside every ratio, which is grey where they are few. */
  n?: number;
  /** What stands below it. */
  more?: ReactNode;
  children: ReactNode;
}

/** One figure; `children` is its value. */
export function KeyFigure({ name, definition, n, more, children }: KeyFigureProps) {
  const isFew = n !== undefined && n < FEW;
  return (
    <li className={styles.card}>
      <details className={styles.tip} name="definition">
        <summary aria-label={`${name}: what it means`}>
          {name} <CircleHelp size={14} aria-hidden="true" />
        </summary>
        <p>{definition}</p>
      </details>
      <p className={styles.value} data-few={isFew || undefined}>
        {children}
      </p>
      <div className={styles.more}>
        {n !== undefined && <Count n={n} />}
        {more}
      </div>
    </li>
  );
}

/** How many a ratio is made of, and that they are few. */
export function Count({ n }: { n: number }) {
  return (
    <span title={n < FEW ? FEW_MEAN : undefined}>
      n = {n}
      {n < FEW && <span className="visually-hidden"> ({FEW_MEAN})</span>}
    </span>
  );
}

const FEW_MEAN = `Fewer than ${FEW}: more chance than rule`;
