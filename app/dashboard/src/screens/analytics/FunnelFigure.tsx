import { Figure } from "@/charts/Figure";
import { Rows } from "@/charts/Rows";
import { formatCount, formatPercent } from "@/format/numbers";
import { FEW, type Refusals } from "./analytics";

interface Step {
  name: string;
  count: number;
  share: string | null;
}

/** How many alerts got how far. */
export function FunnelFigure({ funnel }: { funnel: Refusals["funnel"] }) {
  const steps: Step[] = [
    { name: "Alerts", count: funnel.alerts, share: null },
    { name: "Entered", count: funnel.entered, share: shareOf(funnel.entered, funnel.alerts) },
    { name: "Filled", count: funnel.filled, share: shareOf(funnel.filled, funnel.alerts) },
    { name: "Closed trades", count: funnel.closed, share: null },
  ];
  const summary =
    `${counted(funnel.alerts, "alert")} came; ${formatCount(funnel.entered)} entered, ` +
    `${formatCount(funnel.filled)} filled; ${counted(funnel.closed, "trade")} went flat.`;
  return (
    <Figure
      title="From alerts to closed trades"
      summary={summary}
      definition={
        "Entered: a broker took an entry, or may have taken it; exits are alerts and no entries. Filled: of " +
        "which something filled. Closed: trades that went flat in the range, whenever their alerts came."
      }
      rows={steps}
      columns={[
        { name: "Step", isTitle: true, cell: (step: Step) => step.name },
        { name: "Count", isFigure: true, cell: (step: Step) => formatCount(step.count) },
        {
          name: "Of the alerts",
          isFigure: true,
          cell: (step: Step) => (step.share === null ? "" : formatPercent(step.share, { digits: 1 })),
        },
      ]}
      keyOf={({ name }) => name}
      csv={{ name: "funnel", header: ["step", "count"], cells: (step) => [step.name, step.count] }}
    >
      <Rows
        label={summary}
        rows={steps.map(({ name, count, share }) => ({
          key: name,
          name,
          text:
            share === null
              ? formatCount(count)
              : `${formatCount(count)} · ${formatPercent(share, { digits: 1 })} of n = ${formatCount(funnel.alerts)}`,
          value: count,
          isFew: share !== null && funnel.alerts < FEW,
        }))}
      />
    </Figure>
  );
}

function counted(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? "" : "s"}`;
}

function shareOf(part: number, whole: number): string | null {
  return whole === 0 ? null : (part / whole).toFixed(6);
}
