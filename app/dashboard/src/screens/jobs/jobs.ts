import { answer, api, type Schema } from "@/api/client";
import { useLive } from "@/api/queries";

export type Job = Schema<"Job">;
export type JobRow = Omit<Schema<"JobRow">, "result">;
export type NewJob = Schema<"NewJob">;
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

/** One job with its result; read every second while it goes on. */
export function useJob(id: string, isMoving: boolean) {
  return useLive({
    key: ["jobs", id],
    topics: ["jobs"],
    ...(isMoving ? { everyMs: POLL_MS } : {}),
    read: () => answer(api.GET("/api/jobs/{job}", { params: { path: { job: id } } })),
  });
}

/** Say what a job compares. */
export function jobTitle({ wanted }: Pick<Job, "wanted">): string {
  const by = [
    wanted.model && `model ${wanted.model}`,
    wanted.min_confidence && `confidence from ${wanted.min_confidence}`,
    wanted.max_notional && `at most ${wanted.max_notional} a trade`,
  ].filter(Boolean);
  const what = wanted.bot ? `Replay of ${wanted.bot}'s trade ideas` : "Replay of trade ideas";
  return by.length > 0 ? `${what}: ${by.join(", ")}` : what;
}
