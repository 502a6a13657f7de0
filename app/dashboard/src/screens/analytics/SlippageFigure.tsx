import { Figure } from "@/charts/Figure";
import { Ranges } from "@/charts/Ranges";
import { NOTHING } from "@/format/decimals";
import { formatCount, formatQuantity } from "@/format/numbers";
import { codeWords, FEW, type Slippage } from "./analytics";
import { Count } from "./KeyFigures";

type Spread = Pick<Slippage, "n" | "median" | "p95">;
type Row = Spread & { name: string };

const DEFINITION =
  "Side × (fill − alert's price) / alert's price, in basis points (hundredths of a per cent): positive is worse " +
  "than the alert's price. Left out are alerts without a price and those whose price is another's than what was " +
  "traded: an option's underlying, a structure.";
const MOST_ROWS = 12;

/** How much worse than their alert's price orders filled: by symbol, and by type of order. */
export function SlippageFigures({ slippage }: { slippage: Slippage }) {
  const symbols = slippage.by_symbol
    .map((row) => ({ ...row, name: row.symbol }))
    .sort((one, other) => other.n - one.n);
  const types = slippage.by_type.map((row) => ({ ...row, name: codeWords(row.type) }));
  return (
    <>
      <SlippageFigure
        title="Slippage by symbol"
        column="Symbol"
        csv="slippage-by-symbol"
        rows={symbols}
        all={slippage}
      />
      <SlippageFigure
        title="Slippage by order type"
        column="Order type"
        csv="slippage-by-type"
        rows={types}
        all={slippage}
      />
    </>
  );
}

function SlippageFigure({
  title,
  column,
  csv,
  rows,
  all,
}: {
  title: string;
  column: string;
  csv: string;
  rows: readonly Row[];
  all: Spread;
}) {
  const summary =
    `Of ${formatCount(all.n)} fills the median was ${points(all.median)}, p95 ${points(all.p95)}; ` +
    `${worst(rows)}.`;
  return (
    <Figure
      title={title}
      summary={summary}
      definition={DEFINITION}
      rows={rows}
      columns={[
        { name: column, isTitle: true, cell: (row: Row) => row.name },
        { name: "Median", isFigure: true, cell: (row: Row) => points(row.median) },
        { name: "p95", isFigure: true, cell: (row: Row) => points(row.p95) },
        { name: "Fills", isFigure: true, cell: (row: Row) => <Count n={row.n} /> },
      ]}
      keyOf={({ name }) => name}
      csv={{
        name: csv,
        header: [column, "n", "median_bp", "p95_bp"],
        cells: (row) => [row.name, row.n, row.median, row.p95],
      }}
    >
      <Ranges
        label={summary}
        formatX={(value) => points(String(value))}
        rows={rows.slice(0, MOST_ROWS).map((row) => ({
          key: row.name,
          name: row.name,
          text: `${points(row.median)} · ${points(row.p95)} · n = ${formatCount(row.n)}`,
          middle: Number(row.median ?? 0),
          tail: Number(row.p95 ?? 0),
          isFew: row.n < FEW,
        }))}
      />
    </Figure>
  );
}

function points(text: string | null): string {
  return text === null ? NOTHING : `${formatQuantity(text)} bp`;
}

function worst(rows: readonly Row[]): string {
  const [row] = [...rows].sort((one, other) => Number(other.median ?? 0) - Number(one.median ?? 0));
  return row === undefined ? "nothing filled" : `the dearest was ${row.name} with ${points(row.median)}`;
}
