import { answer, api, type Schema } from "@/api/client";
import { useLive } from "@/api/queries";
import { PageHeader, Panel } from "@/components/Panel";
import { EmptyState, LoadFailed, Loading } from "@/components/States";
import { type Column, Table } from "@/components/Table";
import { Time, ZoneName } from "@/components/Time";
import { formatCount } from "@/format/numbers";
import { useTitle } from "@/hooks/useTitle";
import { LogsTabs } from "./LogsTabs";

type Refusal = Schema<"Refusal">;

const COLUMNS: readonly Column<Refusal>[] = [
  {
    name: "Last",
    header: (
      <>
        Last (<ZoneName />)
      </>
    ),
    cell: (row) => <Time at={row.at} show="short" />,
  },
  { name: "Reason", isTitle: true, cell: (row) => <code>{row.code}</code> },
  { name: "Status", isFigure: true, cell: (row) => row.status },
  { name: "Address", cell: (row) => (row.sender ? `${row.address} (${row.sender})` : row.address) },
  { name: "Path", cell: (row) => <code>{row.path}</code> },
  { name: "Bot", cell: (row) => row.bot ?? "–" },
  { name: "Times", isFigure: true, cell: (row) => formatCount(row.count) },
];

/** Requests that never became a ticket: wrong secrets, broken JSON, too many, too large. */
export function RefusalsScreen() {
  useTitle("Refused at the door");
  const refusals = useLive({
    key: ["refusals"],
    topics: ["refusals"],
    read: () => answer(api.GET("/api/refusals")),
  });
  return (
    <div className="stack">
      <PageHeader title="Logs" hint="What was refused before it became a ticket. Nothing of it was stored." />
      <LogsTabs />
      <Panel title="Refused at the door" isFlush>
        {refusals.isPending && <Loading what="refusals" />}
        {refusals.isError && (
          <LoadFailed what="The refusals" error={refusals.error} retry={() => void refusals.refetch()} />
        )}
        {refusals.data?.refusals.length === 0 && (
          <EmptyState title="Nothing was refused.">
            A wrong secret, broken JSON or a body that is too large would stand here the moment it comes.
          </EmptyState>
        )}
        {refusals.data && refusals.data.refusals.length > 0 && (
          <Table
            caption="Refused requests, newest first"
            columns={COLUMNS}
            rows={refusals.data.refusals}
            keyOf={(row) => `${row.first_at}-${row.address}-${row.path}-${row.code}`}
          />
        )}
      </Panel>
    </div>
  );
}
