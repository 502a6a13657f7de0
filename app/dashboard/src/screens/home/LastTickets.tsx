import { Link } from "react-router";
import { Panel } from "@/components/Panel";
import { EmptyState } from "@/components/States";
import { type Column, Table } from "@/components/Table";
import { TicketStatus } from "@/components/TicketStatus";
import { Time, ZoneName } from "@/components/Time";
import { type TicketRow, ticketTitle } from "@/format/tickets";

const COLUMNS: readonly Column<TicketRow>[] = [
  {
    name: "Time",
    header: (
      <>
        Time (<ZoneName />)
      </>
    ),
    cell: ({ created_at }) => <Time at={created_at} show="short" />,
  },
  {
    name: "What was meant",
    isTitle: true,
    cell: (row) => <Link to={`/tickets/${row.id}`}>{ticketTitle(row)}</Link>,
  },
  { name: "Bot", cell: ({ bot }) => bot },
  { name: "Outcome", isCorner: true, cell: ({ status }) => <TicketStatus status={status} /> },
  { name: "Why", isText: true, cell: ({ message, question }) => question ?? message },
];

/** The last alerts and what came of each; "why?" is one click away. */
export function LastTickets({ tickets }: { tickets: TicketRow[] }) {
  return (
    <Panel title="Last tickets" isFlush aside={tickets.length > 0 && <Link to="/logs">All tickets</Link>}>
      {tickets.length === 0 ? (
        <EmptyState title="No alert has come yet.">
          Send a test alert above, or connect TradingView.
        </EmptyState>
      ) : (
        <Table caption="Last tickets" columns={COLUMNS} rows={tickets} keyOf={({ id }) => id} />
      )}
    </Panel>
  );
}
