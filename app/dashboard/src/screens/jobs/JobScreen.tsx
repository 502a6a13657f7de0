import { lazy, Suspense, useState } from "react";
import { useParams } from "react-router";
import { answer, api } from "@/api/client";
import { useAction } from "@/api/queries";
import { Badge } from "@/components/Badge";
import { Button } from "@/components/Button";
import { Progress } from "@/components/Meters";
import { PageHeader, Panel } from "@/components/Panel";
import { Failure, LoadFailed, Loading } from "@/components/States";
import { Age, Time } from "@/components/Time";
import { formatCount } from "@/format/numbers";
import { useTitle } from "@/hooks/useTitle";
import { DayResult } from "./DayResult";
import { IdeaResult } from "./IdeaResult";
import { isGoingOn, JOB_STATES, type Job, jobTitle, stepsOf, useJob } from "./jobs";

// Its plots come with those of Analytics.
const BacktestResult = lazy(async () => ({ default: (await import("./BacktestResult")).BacktestResult }));

/** One job: how far it is, and what came of it. */
export function JobScreen() {
  const { job: id = "" } = useParams();
  const [isMoving, setIsMoving] = useState(true);
  const job = useJob(id, isMoving);
  if (job.data && isGoingOn(job.data) !== isMoving) {
    setIsMoving(isGoingOn(job.data));
  }
  useTitle(titleOf(job.data));
  if (job.isError) {
    return <LoadFailed what="The job" error={job.error} retry={() => void job.refetch()} />;
  }
  return job.data ? <Whole job={job.data} /> : <Loading what="the job" />;
}

function Result({ id, result }: { id: string; result: NonNullable<Job["result"]> }) {
  if ("ideas" in result) {
    return <IdeaResult result={result} />;
  }
  if ("tickets" in result) {
    return <DayResult result={result} />;
  }
  return (
    <Suspense fallback={<Loading what="the report" />}>
      <BacktestResult id={id} result={result} />
    </Suspense>
  );
}

function howFar(job: Job): string {
  return job.total === 0
    ? "Being prepared"
    : `${formatCount(job.done)} of ${formatCount(job.total)} ${stepsOf(job)}`;
}

// The tab tells how far it is while somebody looks elsewhere.
function titleOf(job: Job | undefined): string {
  return job && isGoingOn(job) && job.total > 0 ? `${Math.floor((100 * job.done) / job.total)} %` : "Job";
}

function Whole({ job }: { job: Job }) {
  const cancel = useAction(() =>
    answer(api.DELETE("/api/jobs/{job}", { params: { path: { job: job.id } } })),
  );
  return (
    <div className="stack">
      <PageHeader
        title={jobTitle(job)}
        hint={
          <>
            Asked for <Time at={job.created_at} withZone />
          </>
        }
        actions={
          isGoingOn(job) && (
            <Button operatorOnly isPending={cancel.isPending} onClick={() => cancel.mutate(undefined)}>
              Cancel the job
            </Button>
          )
        }
      />
      <Panel
        title="State"
        aside={<Badge tone={JOB_STATES[job.state].tone}>{JOB_STATES[job.state].word}</Badge>}
      >
        {job.state === "running" && <Progress label={howFar(job)} done={job.done} total={job.total} />}
        {job.message && <p>{job.message}</p>}
        {job.ended_at && (
          <p className="soft">
            Ended <Age at={job.ended_at} />
          </p>
        )}
        {cancel.isError && <Failure error={cancel.error} />}
      </Panel>
      {job.result && <Result id={job.id} result={job.result} />}
    </div>
  );
}
