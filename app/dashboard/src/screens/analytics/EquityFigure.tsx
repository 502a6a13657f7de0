import { Figure } from "@/charts/Figure";
import { Money, Percent } from "@/components/Figures";
import { Time, ZoneName } from "@/components/Time";
import { formatMoney, formatStep } from "@/format/money";
import { formatPercent } from "@/format/numbers";
import { formatTime, zoneName } from "@/format/times";
import { useSetting } from "@/hooks/useSetting";
import { type Curve, codeWords, counted, type Halt } from "./analytics";
import { EquityPlot } from "./EquityPlot";

interface Row {
  at: string;
  equity: string;
  drawdown: string;
}

interface EquityFigureProps {
  curve: Pick<Curve, "broker" | "currency" | "points" | "drawdown" | "max_drawdown">;
  halts: readonly Halt[];
  /** How the curve was made. */
  definition?: string;
}

const RECORDED =
  "Equity is written down every five minutes. Drawdown is how far it lies below its highest worth " +
  "before, within the range. Money paid in or out looks like a gain or loss. At most 500 points are " +
  "shown, the highest and lowest of each stretch among them; the largest drawdown is of all points.";

/** One account: its worth with its drawdown, in its own currency. */
export function EquityFigure({ curve, halts, definition = RECORDED }: EquityFigureProps) {
  const [zone] = useSetting("zone");
  const currency = curve.currency ?? "";
  const rows = rowsOf(curve);
  const name = curve.broker === null ? "The account" : codeWords(curve.broker);
  const summary = summarise(name, rows, curve.max_drawdown, currency) + told(halts);
  // Pixels, not money: a float is exact enough for a place on the screen.
  const points = rows.map(({ at, equity, drawdown }) => ({
    at: Date.parse(at),
    equity: Number(equity),
    drawdown: Number(drawdown),
  }));
  return (
    <Figure
      title={`${name}${currency && ` (${currency})`}`}
      summary={summary}
      definition={definition}
      rows={rows.toReversed()}
      columns={[
        {
          name: "Time",
          header: (
            <>
              Time (<ZoneName />)
            </>
          ),
          isTitle: true,
          cell: (row: Row) => <Time at={row.at} />,
        },
        {
          name: "Equity",
          isFigure: true,
          cell: (row: Row) => <Money amount={row.equity} currency={currency} />,
        },
        { name: "Drawdown", isFigure: true, cell: (row: Row) => <Percent fraction={row.drawdown} /> },
      ]}
      keyOf={({ at }) => at}
      csv={{
        name: `equity-${curve.broker ?? "account"}`,
        header: ["time", "equity", "drawdown", "currency"],
        cells: (row) => [row.at, row.equity, row.drawdown, currency],
      }}
    >
      <EquityPlot
        points={points}
        marks={halts.map(({ at, word }) => ({ at: Date.parse(at), word }))}
        label={summary}
        formatEquity={(value) => formatStep(value, currency)}
        formatDrawdown={(value) => formatPercent(String(-value))}
        tell={(place) => {
          const row = rows[place];
          return row === undefined
            ? ""
            : `${formatTime(row.at, zone)} ${zoneName(zone, row.at)}: ${formatMoney(row.equity, currency)}, ` +
                `${formatPercent(row.drawdown)} below the peak`;
        }}
      />
    </Figure>
  );
}

function rowsOf({ points, drawdown }: EquityFigureProps["curve"]): Row[] {
  return points.flatMap(([at, equity], place) =>
    at === undefined || equity === undefined ? [] : [{ at, equity, drawdown: drawdown[place]?.[1] ?? "0" }],
  );
}

function summarise(name: string, rows: readonly Row[], deepest: string | null, currency: string): string {
  const [first, last] = [rows[0], rows.at(-1)];
  if (first === undefined || last === undefined) {
    return "";
  }
  return (
    `${name} went from ${formatMoney(first.equity, currency)} to ${formatMoney(last.equity, currency)}; ` +
    `the largest drawdown was ${formatPercent(deepest)}.`
  );
}

function told(halts: readonly Halt[]): string {
  return halts.length === 0
    ? ""
    : ` Trading was stopped ${halts.length === 1 ? "once" : counted(halts.length, "time")}.`;
}
