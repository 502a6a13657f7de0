import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Progress } from "@/components/Meters";
import { PageHeader, Panel } from "@/components/Panel";
import { EmptyState, LoadFailed, Loading } from "@/components/States";
import { type Column, Table } from "@/components/Table";
import { Time, ZoneName } from "@/components/Time";
import { formatCount } from "@/format/numbers";
import { useTitle } from "@/hooks/useTitle";
import { useUnderWay } from "@/hooks/useUnderWay";
import { isGoingOn, JOB_STATES, type JobRow, jobTitle, useJobs } from "./jobs";
import { NewJobForm } from "./NewJobForm";

const COLUMNS: readonly Column<JobRow>[] = [
  { name: "Job", isTitle: true, cell: (job) => <Link to={`/jobs/${job.id}`}>{jobTitle(job)}</Link> },
  {
    name: "State",
    cell: (job) => <Badge tone={JOB_STATES[job.state].tone}>{JOB_STATES[job.state].word}</Badge>,
  },
  {
    name: "How far",
    cell: (job) =>
      isGoingOn(job) ? (
        <Progress label="Done" done={job.done} total={job.total} />
      ) : (
        `${formatCount(job.done)} of ${formatCount(job.total)}`
      ),
  },
  {
    name: "Started",
    header: (
      <>
        Started (<ZoneName />)
      </>
    ),
    cell: (job) => <Time at={job.started_at ?? job.created_at} show="short" />,
  },
];

/** Long work: it goes on when this page is closed, and its result keeps its address. */
export function JobsScreen() {
  useTitle("Jobs");
  const jobs = useJobs();
  const navigate = useNavigate();
  const [isOpen, setIsOpen] = useState(false);
  const rows = jobs.data?.jobs ?? [];
  useUnderWay(rows.some(isGoingOn));
  return (
    <div className="stack">
      <PageHeader
        title="Jobs"
        hint="What would another setting, model or limit have made of the past? Nothing is ordered; one job runs at a time and gives way to alerts."
        actions={
          <Button kind="primary" operatorOnly onClick={() => setIsOpen(true)}>
            New job
          </Button>
        }
      />
      <Panel title="Jobs" isFlush>
        {jobs.isPending && <Loading what="jobs" />}
        {jobs.isError && <LoadFailed what="The jobs" error={jobs.error} retry={() => void jobs.refetch()} />}
        {jobs.isSuccess && rows.length === 0 && (
          <EmptyState title="No job was started yet.">
            A backtest plays past alerts at the prices of bars; a replay runs a day's tickets, or trade ideas,
            through what is set now and shows each difference.
          </EmptyState>
        )}
        {rows.length > 0 && (
          <Table caption="Jobs, newest first" columns={COLUMNS} rows={rows} keyOf={({ id }) => id} />
        )}
      </Panel>
      <Dialog title="New job" size="wide" isOpen={isOpen} onClose={() => setIsOpen(false)}>
        <NewJobForm onStarted={(id) => void navigate(`/jobs/${id}`)} onCancel={() => setIsOpen(false)} />
      </Dialog>
    </div>
  );
}
