import { Link } from "react-router";
import { type Bar, Bars, type Paint } from "@/charts/Bars";
import { Figure } from "@/charts/Figure";
import figure from "@/charts/Figure.module.css";
import { formatCount, formatPercent } from "@/format/numbers";
import { codeWords, counted, type Refusals } from "./analytics";
import { bucketsOf } from "./buckets";
import { type AnalyticsQuery, refusedTickets } from "./filters";

type Reason = Refusals["by_reason"][number]["reason"];

interface Row {
  day: string;
  reason: Reason;
  count: number;
}

const PAINTS = ["series1", "series2", "series3", "series4", "series5"] as const;
const OTHERS: Paint = "series6";

/** What refused alerts, stacked by day: a click shows the tickets. */
export function RefusalFigure({ refusals, query }: { refusals: Refusals; query: AnalyticsQuery }) {
  const named = refusals.by_reason.slice(0, PAINTS.length);
  const others = refusals.by_reason.slice(PAINTS.length);
  const summary = summarise(refusals);
  const rows: Row[] = refusals.by_day
    .flatMap(({ day, reasons }) => reasons.map((row) => ({ day, ...row })))
    .toReversed();
  return (
    <Figure
      title="Refusals by reason"
      summary={summary}
      definition={
        "Days (UTC) are those on which the alerts arrived. An alert that still waits for an opinion or for you " +
        "counts once it is over. What was turned away at the door (wrong secret, broken JSON) is no alert: the " +
        "log has it."
      }
      rows={rows}
      columns={[
        { name: "Day (UTC)", isTitle: true, cell: (row: Row) => row.day },
        {
          name: "Reason",
          cell: (row: Row) => (
            <Link to={refusedTickets(row.reason, row.day, row.day, query)}>{codeWords(row.reason)}</Link>
          ),
        },
        { name: "Alerts", isFigure: true, cell: (row: Row) => formatCount(row.count) },
      ]}
      keyOf={({ day, reason }) => `${day} ${reason}`}
      csv={{
        name: "refusals-by-day",
        header: ["day", "reason", "count"],
        cells: (row) => [row.day, row.reason, row.count],
      }}
    >
      <Bars bars={barsOf(refusals, query)} label={summary} formatY={wholeOnly} />
      <ul className={figure.legend} aria-label="Reasons">
        {named.map(({ reason, count }, place) => (
          <li key={reason}>
            <Swatch paint={PAINTS[place] ?? OTHERS} />
            <Link to={refusedTickets(reason, refusals.from, refusals.to, query)}>{codeWords(reason)}</Link>
            <span className="soft">{formatCount(count)}</span>
          </li>
        ))}
        {others.length > 0 && (
          <li>
            <Swatch paint={OTHERS} />
            {counted(others.length, "other reason")}
            <span className="soft">{formatCount(others.reduce((sum, { count }) => sum + count, 0))}</span>
          </li>
        )}
      </ul>
    </Figure>
  );
}

function Swatch({ paint }: { paint: Paint }) {
  return (
    <svg width={12} height={12} aria-hidden="true">
      <rect className={figure[paint]} width={12} height={12} rx={3} />
    </svg>
  );
}

function barsOf(refusals: Refusals, query: AnalyticsQuery): Bar[] {
  const order = refusals.by_reason.map(({ reason }) => reason);
  return bucketsOf(refusals.from, refusals.to).map(({ from, to, first, last, label, includes }) => {
    const days = refusals.by_day.filter(({ day }) => includes(day));
    const segments = order.flatMap((reason, place) => {
      const value = days.reduce((sum, { reasons }) => sum + countOf(reasons, reason), 0);
      const paint = PAINTS[place] ?? OTHERS;
      const tip = `${label}: ${codeWords(reason)}, ${counted(value, "alert")}`;
      const link = refusedTickets(reason, first, last, query);
      return value === 0 ? [] : [{ name: reason, value, paint, tip, to: link }];
    });
    return { from, to, segments };
  });
}

function countOf(reasons: readonly { reason: Reason; count: number }[], reason: Reason): number {
  return reasons.find((row) => row.reason === reason)?.count ?? 0;
}

function wholeOnly(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : "";
}

function summarise({ alerts, refused, by_reason }: Refusals): string {
  const most = by_reason[0];
  if (most === undefined) {
    return `None of ${counted(alerts, "alert")} was refused.`;
  }
  const share = formatPercent(String(refused / alerts), { digits: 1 });
  return (
    `${formatCount(refused)} of ${counted(alerts, "alert")} were refused (${share}); most often ` +
    `${codeWords(most.reason).toLowerCase()}, ${counted(most.count, "time")}.`
  );
}
