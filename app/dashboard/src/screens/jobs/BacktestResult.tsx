import type { ReactNode } from "react";
import type { Schema } from "@/api/client";
import { Money, Percent } from "@/components/Figures";
import { Panel } from "@/components/Panel";
import { EmptyState } from "@/components/States";
import { Time } from "@/components/Time";
import { formatCount } from "@/format/numbers";
import { EquityFigure } from "@/screens/analytics/EquityFigure";
import { KeyFigure, KeyFigures } from "@/screens/analytics/KeyFigures";
import { BacktestTrades, Comparison, Refusals } from "./BacktestTables";

export type Report = Schema<"BacktestResult">;

const FILES = [
  { name: "report.html", says: "the page with plots" },
  { name: "report.json", says: "everything" },
  { name: "trades.csv", says: "the trades" },
  { name: "equity.csv", says: "the equity curve" },
] as const;

const CURVE =
  "Equity is told at each bar's end; of a long curve the highest and lowest point of each stretch. Drawdown is how " +
  "far it lies below its highest worth before. The files have all points.";

/** What a backtest came to. */
export function BacktestResult({ id, result }: { id: string; result: Report }) {
  const { currency = "" } = result;
  return (
    <>
      <Panel title="In short" aside={<Downloads id={id} />}>
        <p>
          {formatCount(result.alerts)} alerts from <Time at={result.from} /> to <Time at={result.to} />: from{" "}
          <Money amount={result.initial_equity} currency={currency} /> to{" "}
          <strong>
            <Money amount={result.final_equity} currency={currency} />
          </strong>
          .
        </p>
        {result.notes.map((note) => (
          <p key={note} className="soft">
            {note}
          </p>
        ))}
        <Figures result={result} />
      </Panel>
      <Panel title="Equity">
        <EquityFigure curve={curveOf(result)} halts={[]} definition={CURVE} />
      </Panel>
      <Panel title="Trades" isFlush>
        {result.trades.length + result.open_trades.length === 0 ? (
          <EmptyState title="Nothing was traded." />
        ) : (
          <BacktestTrades result={result} />
        )}
      </Panel>
      {Object.keys(result.refusals).length > 0 && (
        <Panel title="Refused" isFlush>
          <Refusals refusals={result.refusals} />
        </Panel>
      )}
      {result.comparison.length > 0 && (
        <Panel title="Beside the list of trades" isFlush>
          <Comparison result={result} />
        </Panel>
      )}
    </>
  );
}

function Downloads({ id }: { id: string }) {
  return (
    <nav className="row" aria-label="Reports">
      {FILES.map(({ name, says }) => (
        <a key={name} href={`/api/jobs/${id}/files/${name}`} download={name}>
          {name}
          <span className="visually-hidden">: {says}</span>
        </a>
      ))}
    </nav>
  );
}

function Figures({ result: { metrics, fees, slippage, currency = "" } }: { result: Report }) {
  const n = metrics.trades;
  return (
    <KeyFigures label="Figures of the backtest">
      <KeyFigure
        name="Net profit"
        definition="What the account is worth at the end, less what it began with."
      >
        <Money amount={metrics.net_profit} currency={currency} isGain />
      </KeyFigure>
      <KeyFigure
        name="Return"
        definition="Net profit as a part of the beginning; below it what equal parts of all symbols would have brought."
        more={<Beside word="buy and hold" value={<Percent fraction={metrics.buy_and_hold} />} />}
      >
        <Percent fraction={metrics.total_return} isGain />
      </KeyFigure>
      <KeyFigure
        name="Largest drawdown"
        definition="How far the account fell below its highest worth before, at most."
        more={<Money amount={metrics.max_drawdown_amount} currency={currency} />}
      >
        <Percent fraction={metrics.max_drawdown} />
      </KeyFigure>
      <KeyFigure name="Win rate" definition="Trades with a gain after fees, of all." n={n}>
        <Percent fraction={metrics.win_rate} digits={1} />
      </KeyFigure>
      <KeyFigure name="Profit factor" definition="All gains by all losses." n={n}>
        <Plain value={metrics.profit_factor} />
      </KeyFigure>
      <KeyFigure name="Expectancy" definition="The average gain of a trade, after fees." n={n}>
        <Money amount={metrics.expectancy} currency={currency} isGain />
      </KeyFigure>
      <KeyFigure
        name="Sharpe"
        definition="Of one return a day, without a risk-free rate, scaled to a year."
        more={<Beside word="Sortino" value={<Plain value={metrics.sortino} />} />}
      >
        <Plain value={metrics.sharpe} />
      </KeyFigure>
      <KeyFigure
        name="Fees"
        definition="What orders cost; below it what fills were worse than the prices that their alerts named."
        more={<Beside word="slippage" value={<Money amount={slippage} currency={currency} />} />}
      >
        <Money amount={fees} currency={currency} />
      </KeyFigure>
    </KeyFigures>
  );
}

function Beside({ word, value }: { word: string; value: ReactNode }) {
  return (
    <span>
      {word} {value}
    </span>
  );
}

const TWO_DIGITS = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });

function Plain({ value }: { value: string | number | null }) {
  return <span>{value === null ? "–" : TWO_DIGITS.format(Number(value)).replace("-", "−")}</span>;
}

function curveOf({ equity_curve: points, metrics, currency = "" }: Report) {
  let peak = 0;
  const drawdown = points.map(([at = "", equity = "0"]) => {
    peak = Math.max(peak, Number(equity));
    return [at, peak > 0 ? (1 - Number(equity) / peak).toFixed(6) : "0"];
  });
  return { broker: null, currency, points, drawdown, max_drawdown: metrics.max_drawdown };
}
