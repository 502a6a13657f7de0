import { type ReactNode, useId } from "react";
import styles from "./Panel.module.css";

interface PanelProps {
  title: string;
  /** Buttons or a link at its head. */
  aside?: ReactNode;
  /** One line below the title. */
  hint?: ReactNode;
  /** Rows that reach from edge to edge: tables and lists. */
  isFlush?: boolean;
  /** What it shows answers an earlier question: the next answer is on its way. */
  isBusy?: boolean;
  children: ReactNode;
}

/** A titled section on its own surface. */
export function Panel({ title, aside, hint, isFlush = false, isBusy = false, children }: PanelProps) {
  const heading = useId();
  return (
    <section className={styles.panel} aria-labelledby={heading}>
      <header className={styles.header}>
        <div>
          <h2 id={heading}>{title}</h2>
          {hint && <p className={styles.hint}>{hint}</p>}
        </div>
        {aside}
      </header>
      <div className={isFlush ? styles.flush : styles.body} aria-busy={isBusy || undefined}>
        {children}
      </div>
    </section>
  );
}

/** The head of a screen: its name, what it is for, and its main action. */
export function PageHeader({
  title,
  hint,
  actions,
}: {
  title: string;
  hint?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <header className={styles.page}>
      <div>
        <h1 tabIndex={-1} id="page-title">
          {title}
        </h1>
        {hint && <p className={styles.lead}>{hint}</p>}
      </div>
      {actions && <div className="row">{actions}</div>}
    </header>
  );
}
