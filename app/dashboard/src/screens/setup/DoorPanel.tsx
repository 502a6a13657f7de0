import { Link } from "react-router";
import { Panel } from "@/components/Panel";
import { EmptyState, LoadFailed, Loading } from "@/components/States";
import { type Column, Table } from "@/components/Table";
import { Age } from "@/components/Time";
import { formatCount } from "@/format/numbers";
import { doorWords, type Refusal, useDoor, useDoorDetail } from "./door";

const SHOWN = 5;
const COLUMNS: readonly Column<Refusal>[] = [
  { name: "What", isTitle: true, cell: (row) => doorWords(row).what },
  { name: "Last", cell: (row) => <Age at={row.at} /> },
  { name: "From", cell: (row) => (row.sender ? `${row.sender} (${row.address})` : row.address) },
  { name: "Bot", cell: (row) => row.bot ?? "–" },
  { name: "Times", isFigure: true, cell: (row) => formatCount(row.count) },
  { name: "What to do", isText: true, cell: (row) => <Cure row={row} /> },
];

/** Alerts of the last day that never became a ticket, each with its cure. */
export function DoorPanel() {
  const door = useDoor();
  return (
    <Panel
      title="Refused at the door"
      hint="In the last 24 hours. Nothing of it was stored."
      aside={<Link to="/logs/refusals">All of them</Link>}
      isFlush
    >
      {door.isPending && <Loading what="refusals" />}
      {door.isError && (
        <LoadFailed what="The refusals" error={door.error} retry={() => void door.refetch()} />
      )}
      {door.rows?.length === 0 && (
        <EmptyState title="Nothing was refused.">
          A wrong secret or broken JSON stands here the moment it comes, with what to do about it.
        </EmptyState>
      )}
      {door.rows && door.rows.length > 0 && (
        <Table
          caption="Alerts refused lately, newest first"
          columns={COLUMNS}
          rows={door.rows.slice(0, SHOWN)}
          keyOf={(row) => `${row.first_at}-${row.address}-${row.path}-${row.code}`}
        />
      )}
    </Panel>
  );
}

function Cure({ row }: { row: Refusal }) {
  return <>{useDoorDetail(row) ?? doorWords(row).cure}</>;
}
