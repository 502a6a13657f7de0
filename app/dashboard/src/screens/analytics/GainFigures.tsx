import type { ReactNode } from "react";
import { type Bar, Bars } from "@/charts/Bars";
import { Figure } from "@/charts/Figure";
import { Rows } from "@/charts/Rows";
import { Money, Percent } from "@/components/Figures";
import type { Column } from "@/components/Table";
import { sumOf } from "@/format/decimals";
import { formatMoney, formatStep } from "@/format/money";
import { formatCount } from "@/format/numbers";
import { codeWords, counted, FEW, type Performance } from "./analytics";
import { bucketsOf } from "./buckets";
import { Count } from "./KeyFigures";

type Sums = Performance["by_day"][number] | Performance["by_symbol"][number] | Performance["by_bot"][number];
type Named = Pick<
  Sums,
  "realized_gain" | "fees" | "trades" | "wins" | "unpriced" | "win_rate" | "profit_factor" | "expectancy"
> & {
  name: string;
};

const DEFINITION =
  "What trades brought that went flat in the time, after fees. Days are UTC, those on which the trades went " +
  "flat. A trade of which a part left at a price that nobody knows counts among the trades and in no gain.";
const MOST_BARS = 12;

/** What was gained day by day, or week by week where the days are many. */
export function GainByDay({ performance, currency }: { performance: Performance; currency: string | null }) {
  const words = currency ?? "";
  const days = performance.by_day.filter((row) => row.currency === currency);
  const rows = days.map((row) => ({ ...row, name: row.day }));
  const buckets = bucketsOf(performance.from, performance.to);
  const bars: Bar[] = buckets.map(({ from, to, label, includes }) => {
    const gain = sumOf(days.filter(({ day }) => includes(day)).map((row) => row.realized_gain));
    const value = Number(gain);
    const tip = `${label}: ${formatMoney(gain, words, { signed: true })}`;
    return {
      from,
      to,
      segments: value === 0 ? [] : [{ name: "gain", value, paint: value < 0 ? "lose" : "win", tip }],
    };
  });
  return (
    <NamedFigure
      title={buckets[0]?.isWeek ? "Realised gain by week" : "Realised gain by day"}
      column="Day (UTC)"
      summary={daysSummary(days, words)}
      rows={rows}
      currency={words}
      csv={`gain-by-day${suffix(currency)}`}
    >
      <Bars bars={bars} label={daysSummary(days, words)} formatY={(value) => formatStep(value, words)} />
    </NamedFigure>
  );
}

interface GroupProps {
  title: string;
  column: string;
  rows: readonly Named[];
  currency: string | null;
  csv: string;
}

/** What was gained by bot, symbol or structure: the largest first. */
export function GainByName({ title, column, rows, currency, csv }: GroupProps) {
  const words = currency ?? "";
  const sorted = [...rows].sort((one, other) => Number(other.realized_gain) - Number(one.realized_gain));
  const shown = sorted.length > MOST_BARS ? outermost(sorted) : sorted;
  const summary = namesSummary(sorted, words);
  return (
    <NamedFigure {...{ title, column, summary, rows: sorted, currency: words }} csv={csv + suffix(currency)}>
      <Rows
        label={summary}
        isGain
        rows={shown.map((row) => ({
          key: row.name,
          name: row.name,
          text: `${formatMoney(row.realized_gain, words, { signed: true })} · n = ${formatCount(row.trades)}`,
          value: Number(row.realized_gain),
        }))}
      />
      {shown.length < sorted.length && (
        <p className="small soft">{`The ${MOST_BARS} with the largest gains and losses of ${sorted.length}; the table has all.`}</p>
      )}
    </NamedFigure>
  );
}

function NamedFigure({
  title,
  column,
  summary,
  rows,
  currency,
  csv,
  children,
}: {
  title: string;
  column: string;
  summary: string;
  rows: readonly Named[];
  currency: string;
  csv: string;
  children: ReactNode;
}) {
  const columns: readonly Column<Named>[] = [
    { name: column, isTitle: true, cell: (row) => row.name },
    {
      name: "Gain",
      isFigure: true,
      cell: (row) => <Money amount={row.realized_gain} currency={currency} isGain />,
    },
    { name: "Fees", isFigure: true, cell: (row) => <Money amount={row.fees} currency={currency} /> },
    { name: "Trades", isFigure: true, cell: (row) => formatCount(row.trades) },
    {
      name: "Win rate",
      isFigure: true,
      cell: (row) => (
        <span className={row.trades - row.unpriced < FEW ? "soft" : undefined}>
          <Percent fraction={row.win_rate} digits={1} /> <Count n={row.trades - row.unpriced} />
        </span>
      ),
    },
    {
      name: "Gain a trade",
      isFigure: true,
      cell: (row) => <Money amount={row.expectancy} currency={currency} isGain />,
    },
  ];
  return (
    <Figure
      {...{ title, summary, rows, columns }}
      definition={DEFINITION}
      keyOf={({ name }) => name}
      csv={{
        name: csv,
        header: [
          column,
          "currency",
          "realized_gain",
          "fees",
          "trades",
          "unpriced",
          "win_rate",
          "profit_factor",
          "expectancy",
        ],
        cells: (row) => [
          row.name,
          currency,
          row.realized_gain,
          row.fees,
          row.trades,
          row.unpriced,
          row.win_rate,
          row.profit_factor,
          row.expectancy,
        ],
      }}
    >
      {children}
    </Figure>
  );
}

/** Write what a structure is called; null is shares, coins and single contracts. */
export function structureName(kind: string | null): string {
  return kind === null ? "No structure" : codeWords(kind);
}

function suffix(currency: string | null): string {
  return currency === null ? "" : `-${currency.toLowerCase()}`;
}

function outermost(sorted: readonly Named[]): readonly Named[] {
  return [...sorted.slice(0, MOST_BARS / 2), ...sorted.slice(-MOST_BARS / 2)];
}

function daysSummary(days: readonly Performance["by_day"][number][], currency: string): string {
  const sorted = [...days].sort((one, other) => Number(one.realized_gain) - Number(other.realized_gain));
  const [worst, best] = [sorted[0], sorted.at(-1)];
  if (worst === undefined || best === undefined) {
    return "No trade went flat in the range.";
  }
  if (days.length === 1) {
    return `On ${best.day}, the one day with trades, they brought ${formatMoney(best.realized_gain, currency, { signed: true })}.`;
  }
  const won = days.filter(({ realized_gain: gain }) => Number(gain) > 0).length;
  return (
    `${counted(won, "day")} of ${days.length} with trades ended with a gain; the best was ${best.day} with ` +
    `${formatMoney(best.realized_gain, currency, { signed: true })}, the worst ${worst.day} with ` +
    `${formatMoney(worst.realized_gain, currency, { signed: true })}.`
  );
}

function namesSummary(sorted: readonly Named[], currency: string): string {
  const [best, worst] = [sorted[0], sorted.at(-1)];
  if (best === undefined || worst === undefined) {
    return "No trade went flat in the range.";
  }
  const told = (row: Named) =>
    `${row.name} brought ${formatMoney(row.realized_gain, currency, { signed: true })}`;
  return best === worst ? `${told(best)}.` : `${told(best)}, the most; ${told(worst)}, the least.`;
}
