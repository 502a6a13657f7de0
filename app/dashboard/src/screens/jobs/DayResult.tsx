import { Link } from "react-router";
import type { Schema } from "@/api/client";
import { Panel } from "@/components/Panel";
import { EmptyState } from "@/components/States";
import { type Column, Table } from "@/components/Table";
import { Time } from "@/components/Time";
import { formatCount } from "@/format/numbers";

type Result = Schema<"DayReplayResult">;
type Ticket = Result["tickets"][number];
type Outcome = Ticket["then"];

const COLUMNS: readonly Column<Ticket>[] = [
  {
    name: "Ticket",
    isTitle: true,
    cell: ({ ticket, symbol, dialect }) => <Link to={`/tickets/${ticket}`}>{symbol ?? dialect}</Link>,
  },
  { name: "When", cell: ({ at }) => <Time at={at} show="short" /> },
  { name: "Bot", cell: ({ bot }) => bot },
  { name: "Then", cell: (row) => wordsOf(row.then) },
  { name: "Now", cell: (row) => <strong>{row.now === null ? "not played" : wordsOf(row.now)}</strong> },
  { name: "Why", isText: true, cell: ({ message }) => message ?? "" },
];

/** What would have become of each ticket. */
export function DayResult({ result }: { result: Result }) {
  const differing = result.tickets.filter(({ differs }) => differs);
  const count = result.tickets.length;
  return (
    <>
      <Panel title="In short">
        <p>
          Of {formatCount(count)} {count === 1 ? "ticket" : "tickets"},{" "}
          <strong>{formatCount(result.differences)}</strong> would come to something else.
        </p>
        {result.notes.map((note) => (
          <p key={note} className="soft">
            {note}
          </p>
        ))}
      </Panel>
      <Panel title="What would come to something else" isFlush>
        {differing.length === 0 ? (
          <EmptyState title="Nothing: every ticket would come to the same." />
        ) : (
          <Table
            caption="Tickets that would come to something else"
            columns={COLUMNS}
            rows={differing}
            keyOf={({ ticket }) => ticket}
          />
        )}
      </Panel>
    </>
  );
}

function wordsOf({ status, reason, orders }: Outcome): string {
  return orders.length > 0 ? orders.join(", ") : [status, reason].filter(Boolean).join(" ");
}
