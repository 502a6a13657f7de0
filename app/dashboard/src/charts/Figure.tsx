import { type ReactNode, useId, useState } from "react";
import { Button } from "@/components/Button";
import { type Column, Table } from "@/components/Table";
import { download, toCsv } from "@/format/csv";
import styles from "./Figure.module.css";

interface FigureProps<Row> {
  title: string;
  /** What the plot says, in one sentence: read aloud in its place. */
  summary: string;
  /** How the figures are reckoned. */
  definition?: string | undefined;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  keyOf: (row: Row) => string;
  /** The same rows for a spreadsheet; its first line is the header. */
  csv: { name: string; header: readonly string[]; cells: (row: Row) => readonly (string | number | null)[] };
  children: ReactNode;
}

/** A plot with its sentence, and the same figures as a table and a file. */
export function Figure<Row>(props: FigureProps<Row>) {
  const { title, summary, definition, rows, columns, keyOf, csv, children } = props;
  const heading = useId();
  // A year of points is a long table: it is made when somebody wants it.
  const [isOpen, setOpen] = useState(false);
  return (
    <figure className={styles.figure} aria-labelledby={heading}>
      <figcaption>
        <h3 id={heading}>{title}</h3>
        <p className="soft small">{unbroken(summary)}</p>
      </figcaption>
      {children}
      <details className={styles.more} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>Figures{definition && " and how they are reckoned"}</summary>
        {isOpen && (
          <>
            {definition && <p className="soft small">{definition}</p>}
            <section className={styles.table} aria-label={`Figures: ${title}`} {...REACHABLE}>
              <Table caption={title} columns={columns} rows={rows} keyOf={keyOf} />
            </section>
            <Button
              size="small"
              onClick={() => download(`${csv.name}.csv`, toCsv(csv.header, rows.map(csv.cells)))}
            >
              Download as CSV<span className="visually-hidden">: {title}</span>
            </Button>
          </>
        )}
      </details>
    </figure>
  );
}

// A long table is scrolled in its place, by the keyboard too.
const REACHABLE = { tabIndex: 0 };

// A line may otherwise end between a minus and its amount.
function unbroken(sentence: string): ReactNode {
  return sentence.split(/(\S*−\S+)/).map((part, place) =>
    part.includes("−") ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of one sentence keep their places.
      <span key={place} className={styles.whole}>
        {part}
      </span>
    ) : (
      part
    ),
  );
}
