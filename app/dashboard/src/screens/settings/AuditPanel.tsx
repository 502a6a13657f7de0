import { useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import { useLive } from "@/api/queries";
import { Button } from "@/components/Button";
import { Panel } from "@/components/Panel";
import { EmptyState, LoadFailed, Loading } from "@/components/States";
import { type Column, Table } from "@/components/Table";
import { Time, ZoneName } from "@/components/Time";
import styles from "./SettingsScreen.module.css";

type Deed = Schema<"Audit">["audit"][number];

const COLUMNS: readonly Column<Deed>[] = [
  {
    name: "Time",
    header: (
      <>
        Time (<ZoneName />)
      </>
    ),
    cell: (deed) => <Time at={deed.at} show="short" />,
  },
  { name: "What", isTitle: true, cell: (deed) => `${deed.what.replaceAll("_", " ")}: ${deed.subject}` },
  { name: "Who", cell: (deed) => deed.who },
  { name: "Change", cell: (deed) => <Change deed={deed} /> },
];

/** Who changed what, with before and after. */
export function AuditPanel() {
  const [after, setAfter] = useState<string | null>(null);
  const audit = useLive({
    key: ["audit", after],
    topics: ["bots", "state"],
    keepPrevious: true,
    read: () =>
      answer(
        api.GET("/api/audit", { params: { query: { limit: 20, ...(after === null ? {} : { after }) } } }),
      ),
  });
  const deeds = audit.data?.audit ?? [];
  return (
    <Panel
      title="Who changed what"
      isFlush
      isBusy={audit.isPlaceholderData}
      aside={
        <span className="row">
          {after !== null && (
            <Button size="small" onClick={() => setAfter(null)}>
              Newest
            </Button>
          )}
          {audit.data?.next && (
            <Button size="small" onClick={() => setAfter(audit.data.next)}>
              Older
            </Button>
          )}
        </span>
      }
    >
      {audit.isPending && <Loading what="changes" />}
      {audit.isError && (
        <LoadFailed what="The changes" error={audit.error} retry={() => void audit.refetch()} />
      )}
      {audit.isSuccess && deeds.length === 0 && <EmptyState title="Nothing was changed yet." />}
      {deeds.length > 0 && (
        <Table caption="Changes, newest first" columns={COLUMNS} rows={deeds} keyOf={({ id }) => id} />
      )}
    </Panel>
  );
}

function Change({ deed }: { deed: Deed }) {
  const before = deed.before ?? {};
  const after = deed.after ?? {};
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    // What is made anew names every key: those that are not set say nothing.
    (name) => shown(before[name]) !== shown(after[name]),
  );
  return (
    <span>
      {names.map((name) => (
        <span key={name} className={styles.change}>
          <code>{name}</code>: {shown(before[name])} → {shown(after[name])}
        </span>
      ))}
    </span>
  );
}

function shown(value: unknown): string {
  if (value === undefined || value === null) {
    return "–";
  }
  return typeof value === "string" ? value : JSON.stringify(value);
}
