import type { ReactNode } from "react";
import styles from "./Table.module.css";

export interface Column<Row> {
  name: string;
  /** What stands in its header; the name itself if it is not given (a zone beside a time, say). */
  header?: ReactNode;
  cell: (row: Row) => ReactNode;
  /** Figures stand at the right, so that their digits lie below each other. */
  isFigure?: boolean;
  /** The column that names the row: the card's title on a phone. */
  isTitle?: boolean;
  /** A badge, which stands beside the title of the card. */
  isCorner?: boolean;
  /** A sentence, which takes the card's whole width. */
  isText?: boolean;
}

interface TableProps<Row> {
  /** What the table shows, for screen readers. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /** The row that the keyboard stands on. */
  currentKey?: string | undefined;
}

/** A plain table; where the page is narrow, each row becomes a card with its own labels. */
export function Table<Row>({ caption, columns, rows, keyOf, currentKey }: TableProps<Row>) {
  return (
    <table className={styles.table}>
      <caption className="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.name} scope="col" className={column.isFigure ? styles.figure : undefined}>
              {column.header ?? column.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)} aria-current={keyOf(row) === currentKey || undefined}>
            {columns.map((column) => (
              <Cell key={column.name} column={column} row={row} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const className = [
    column.isFigure && styles.figure,
    column.isTitle && styles.title,
    column.isCorner && styles.corner,
    column.isText && styles.text,
  ]
    .filter(Boolean)
    .join(" ");
  const label = (
    <span className={styles.label} aria-hidden="true">
      {column.header ?? column.name}
    </span>
  );
  if (column.isTitle) {
    return (
      <th scope="row" className={className}>
        {column.cell(row)}
      </th>
    );
  }
  return (
    <td className={className}>
      {label}
      <span className={styles.value}>{column.cell(row)}</span>
    </td>
  );
}
