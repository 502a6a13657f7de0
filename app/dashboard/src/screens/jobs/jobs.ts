import { answer, api, type Schema } from "@/api/client";
import { useLive } from "@/api/queries";
import { brokerName } from "@/screens/brokers/brokers";

export type Job = Schema<"Job">;
export type JobRow = Omit<Schema<"JobRow">, "result">;
export type NewJob = Schema<"NewIdeaReplay"> | Schema<"NewDayReplay"> | Schema<"NewBacktest">;
type Tone = "neutral" | "accent" | "gain" | "loss" | "warn";

/** How each state is called. A new one without words does not compile. */
export const JOB_STATES: Record<Job["state"], { word: string; tone: Tone }> = {
  queued: { word: "Waits its turn", tone: "neutral" },
  running: { word: "Runs", tone: "accent" },
  done: { word: "Done", tone: "gain" },
  failed: { word: "Failed", tone: "loss" },
  canceled: { word: "Canceled", tone: "neutral" },
  interrupted: { word: "Interrupted by a restart", tone: "warn" },
};

/** True while it may still come to something. */
export function isGoingOn(job: Pick<Job, "state">): boolean {
  return job.state === "queued" || job.state === "running";
}

const POLL_MS = 1000;

/** The last jobs. */
export function useJobs() {
  return useLive({ key: ["jobs"], topics: ["jobs"], read: () => answer(api.GET("/api/jobs")) });
}

/** One job with its result; read every second while it goes on, and no more once it is over. */
export function useJob(id: string, isMoving: boolean) {
  return useLive({
    key: ["jobs", id],
    // A result is large, and stays as it is while other jobs go on.
    topics: isMoving ? ["jobs"] : [],
    ...(isMoving ? { everyMs: POLL_MS } : {}),
    read: () => answer(api.GET("/api/jobs/{job}", { params: { path: { job: id } } })),
  });
}

/** Start one. */
export function startJob(body: NewJob) {
  return answer(api.POST("/api/jobs", { body }));
}

type Asked = Pick<Job, "kind" | "wanted">;

/** What the steps of a job are. */
export function stepsOf({ kind, wanted }: Asked): string {
  if (kind === "backtest") {
    return "steps";
  }
  return wanted.date === null ? "ideas" : "tickets";
}

/** Say what a job does. */
export function jobTitle(job: Asked): string {
  const by = differences(job);
  return by.length > 0 ? `${subject(job)}: ${by.join(", ")}` : subject(job);
}

function subject({ kind, wanted }: Asked): string {
  const whose = wanted.bot ? `${wanted.bot}'s ` : "";
  if (kind === "backtest") {
    return `Backtest of ${wanted.alerts ?? `${whose}alerts from ${wanted.from} to ${wanted.to}`}`;
  }
  return wanted.date === null
    ? `Replay of ${whose}trade ideas`
    : `Replay of ${whose}tickets of ${wanted.date}`;
}

function differences({ wanted }: Asked): string[] {
  return [
    wanted.model && `model ${wanted.model}`,
    wanted.prompt && `prompt ${wanted.prompt}`,
    wanted.min_confidence && `confidence from ${wanted.min_confidence}`,
    wanted.max_notional && `at most ${wanted.max_notional} a trade`,
    wanted.broker && `bars of ${wanted.timeframe} from ${brokerName(wanted.broker)}`,
    ...Object.entries(wanted.set ?? {}).map(([name, value]) => `${name} ${value}`),
  ].filter((each): each is string => Boolean(each));
}
