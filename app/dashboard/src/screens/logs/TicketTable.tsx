import { Link } from "react-router";
import { Average } from "@/components/Figures";
import { type Column, Table } from "@/components/Table";
import { TicketStatus } from "@/components/TicketStatus";
import { Time, ZoneName } from "@/components/Time";
import { type TicketRow, ticketTitle } from "@/format/tickets";
import { DIALECT_WORDS } from "./filters";
import styles from "./TicketTable.module.css";

const COLUMNS: readonly Column<TicketRow>[] = [
  {
    name: "Time",
    header: (
      <>
        Time (<ZoneName />)
      </>
    ),
    cell: (row) => <Time at={row.created_at} show="short" />,
  },
  {
    name: "Alert",
    isTitle: true,
    cell: (row) => (
      <>
        <Link to={`/tickets/${row.id}`}>{ticketTitle(row)}</Link>
        <span className={styles.kind}>{DIALECT_WORDS[row.dialect]}</span>
      </>
    ),
  },
  { name: "Bot", cell: (row) => row.bot },
  {
    name: "Outcome",
    cell: (row) => (
      <span className={styles.outcome}>
        <TicketStatus status={row.status} />
        {(row.message ?? row.question) && <span className={styles.why}>{row.message ?? row.question}</span>}
      </span>
    ),
  },
  { name: "Filled at", isFigure: true, cell: (row) => <Average price={row.average_fill_price} /> },
];

/** Tickets, newest first; each leads to its "why?". */
export function TicketTable({
  rows,
  currentKey,
}: {
  rows: readonly TicketRow[];
  currentKey?: string | undefined;
}) {
  return (
    <Table
      caption="Tickets, newest first"
      columns={COLUMNS}
      rows={rows}
      keyOf={(row) => row.id}
      currentKey={currentKey}
    />
  );
}
