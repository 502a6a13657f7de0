import { Figure } from "@/charts/Figure";
import { Ranges } from "@/charts/Ranges";
import { NOTHING } from "@/format/decimals";
import { formatCount } from "@/format/numbers";
import { formatDuration } from "@/format/times";
import { FEW, type Latency } from "./analytics";
import { Count } from "./KeyFigures";

type Stage = Latency["stages"][number];

/** How long an alert may take: what is later is told. */
const LIMIT_MS = 3000;

/** What each step is called. A new step without words does not compile. */
const STAGE_WORDS: Record<Stage["stage"], string> = {
  delivery: "TradingView to here",
  door: "At the door",
  store: "Stored",
  model: "Opinion",
  gates: "Plan and gates",
  broker: "Broker's answer",
  fill: "Fill at the market",
  total: "Arrival to broker",
  approval: "Your approval",
};

const DEFINITION =
  "p50: half of the alerts were at least so fast; p95: 95 of 100 were. From the alert's own time to us; at the " +
  "door (reading, secret, shape); the store; the opinion; planning and gates; the broker; the fill of orders at " +
  "the market; arrival to broker in all, of alerts that waited for nobody. A person's approval is in the table.";

/** How long each step of an alert's way took. */
export function LatencyFigure({ latency }: { latency: Latency }) {
  const stages = latency.stages.filter(({ n }) => n > 0);
  const summary = summarise(latency);
  return (
    <Figure
      title="Latency by stage"
      summary={summary}
      definition={DEFINITION}
      rows={stages}
      columns={[
        { name: "Stage", isTitle: true, cell: (row: Stage) => STAGE_WORDS[row.stage] },
        { name: "p50", isFigure: true, cell: (row: Stage) => shown(row.p50) },
        { name: "p95", isFigure: true, cell: (row: Stage) => shown(row.p95) },
        { name: "p99", isFigure: true, cell: (row: Stage) => shown(row.p99) },
        { name: "Alerts", isFigure: true, cell: (row: Stage) => <Count n={row.n} /> },
      ]}
      keyOf={({ stage }) => stage}
      csv={{
        name: "latency",
        header: ["stage", "n", "p50_ms", "p95_ms", "p99_ms"],
        cells: (row) => [row.stage, row.n, row.p50, row.p95, row.p99],
      }}
    >
      <Ranges
        label={summary}
        isLog
        limit={{ value: LIMIT_MS, name: "3 s" }}
        formatX={axisTime}
        rows={stages
          .filter(({ stage }) => stage !== "approval")
          .map((row) => ({
            key: row.stage,
            name: STAGE_WORDS[row.stage],
            text: `${shown(row.p50)} · ${shown(row.p95)} · n = ${formatCount(row.n)}`,
            middle: row.p50 ?? 0,
            tail: row.p95 ?? 0,
            isFew: row.n < FEW,
          }))}
      />
    </Figure>
  );
}

function shown(milliseconds: number | null): string {
  return milliseconds === null
    ? NOTHING
    : milliseconds < 10
      ? `${milliseconds.toFixed(1)} ms`
      : formatDuration(milliseconds);
}

function axisTime(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${milliseconds / 1000} s`;
}

function summarise({ stages }: Latency): string {
  const total = stages.find(({ stage }) => stage === "total");
  if (total === undefined || total.p50 === null || total.p95 === null) {
    return "No alert has come as far as a broker yet.";
  }
  const slow = stages.filter(({ stage, p95 }) => stage !== "approval" && p95 !== null && p95 > LIMIT_MS);
  const late = slow.map(({ stage }) => STAGE_WORDS[stage]).join(", ");
  return (
    `From arrival to broker: half within ${shown(total.p50)}, 95 of 100 within ${shown(total.p95)}; ` +
    (late === "" ? "nothing passes 3 s at p95." : `over 3 s at p95: ${late}.`)
  );
}
