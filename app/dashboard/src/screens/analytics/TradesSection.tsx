import { Spark } from "@/charts/Spark";
import { Money, Percent } from "@/components/Figures";
import { LinkButton } from "@/components/LinkButton";
import { Panel } from "@/components/Panel";
import { EmptyState } from "@/components/States";
import { NOTHING, sumOf } from "@/format/decimals";
import { formatDuration } from "@/format/times";
import styles from "./AnalyticsScreen.module.css";
import { Pending } from "./Answered";
import { type CurrencyFigures, counted, FEW, type Performance } from "./analytics";
import { GainByDay, GainByName, structureName } from "./GainFigures";
import { KeyFigure, KeyFigures } from "./KeyFigures";

/** What trades brought, each currency by itself: they are never added up. */
export function TradesSection({
  performance,
  isFiltered,
}: {
  performance: Performance;
  isFiltered: boolean;
}) {
  if (performance.trades === 0) {
    return (
      <Panel title="Trades">
        <EmptyState
          title={isFiltered ? "No trade went flat in this range." : "After the first closed trade"}
          action={!isFiltered && <LinkButton to="/">Send a test alert at Home</LinkButton>}
        >
          {isFiltered
            ? "Choose a longer range, or every bot and broker."
            : "Gain, win rate, speed, slippage and the rest stand here once a trade has been entered and left; in the last 30 days none was."}
        </EmptyState>
        <Pending days={performance.pending_days} />
      </Panel>
    );
  }
  const isOne = performance.by_currency.length === 1;
  return (
    <>
      {!isOne && (
        <p className="small soft">
          Trades of {performance.by_currency.length} currencies: each stands by itself, nothing is added up
          over them.
        </p>
      )}
      {performance.by_currency.map((figures) => (
        <CurrencyPanel key={figures.currency ?? ""} {...{ figures, performance, isOne }} />
      ))}
    </>
  );
}

function CurrencyPanel({
  figures,
  performance,
  isOne,
}: {
  figures: CurrencyFigures;
  performance: Performance;
  isOne: boolean;
}) {
  const { currency } = figures;
  const unit = currency ?? "currency not known yet";
  const groups = {
    bot: rowsOf(performance.by_bot, currency, ({ bot }) => bot),
    symbol: rowsOf(performance.by_symbol, currency, ({ symbol }) => symbol),
    structure: rowsOf(performance.by_structure, currency, ({ structure }) => structureName(structure)),
  };
  const hasStructures = performance.by_structure.some(
    (row) => row.currency === currency && row.structure !== null,
  );
  return (
    <Panel
      title={isOne ? `Trades (${unit})` : `Trades in ${unit}`}
      hint={`${counted(figures.trades, "trade")} went flat${
        figures.unpriced > 0 ? `, ${figures.unpriced} of them at a price that nobody knows` : ""
      }.`}
    >
      <Summary figures={figures} days={performance.by_day} />
      <Pending days={performance.pending_days} />
      <GainByDay {...{ performance, currency }} />
      <div className={styles.columns}>
        <GainByName
          title="Realised gain by bot"
          column="Bot"
          rows={groups.bot}
          currency={currency}
          csv="gain-by-bot"
        />
        <GainByName
          title="Realised gain by symbol"
          column="Symbol"
          rows={groups.symbol}
          currency={currency}
          csv="gain-by-symbol"
        />
        {hasStructures && (
          <GainByName
            title="Realised gain by structure"
            column="Structure"
            rows={groups.structure}
            currency={currency}
            csv="gain-by-structure"
          />
        )}
      </div>
    </Panel>
  );
}

function rowsOf<Row extends { currency: string | null }>(
  rows: readonly Row[],
  currency: string | null,
  name: (row: Row) => string,
) {
  return rows.filter((row) => row.currency === currency).map((row) => ({ ...row, name: name(row) }));
}

function Summary({ figures, days }: { figures: CurrencyFigures; days: Performance["by_day"] }) {
  const currency = figures.currency ?? "";
  const priced = figures.trades - figures.unpriced;
  const isFew = priced < FEW;
  return (
    <KeyFigures label={`Figures of trades${currency && ` in ${currency}`}`}>
      <KeyFigure
        name="Realised gain"
        definition="What trades brought that went flat in the range, after fees. The line is its course, day by day."
        more={<Spark values={courseOf(days, figures.currency)} />}
      >
        <Money amount={figures.realized_gain} currency={currency} isGain />
      </KeyFigure>
      <KeyFigure name="Fees" definition="What brokers charged; it is taken off every gain here.">
        <Money amount={figures.fees} currency={currency} />
      </KeyFigure>
      <KeyFigure
        name="Win rate"
        definition="The part of the trades that brought more than they cost."
        n={priced}
        more={
          <span>
            {figures.wins} won, {figures.losses} lost
          </span>
        }
      >
        <Percent fraction={figures.win_rate} digits={1} />
      </KeyFigure>
      <KeyFigure
        name="Profit factor"
        definition="What was won divided by what was lost: above 1 the winners outweigh the losers. None without a loss."
        n={priced}
      >
        {figures.profit_factor === null ? NOTHING : twoDigits(figures.profit_factor)}
      </KeyFigure>
      <KeyFigure
        name="Expectancy"
        definition="What a trade brought on average, after fees."
        n={priced}
        more={<span>a trade</span>}
      >
        <Money amount={figures.expectancy} currency={currency} isGain={!isFew} />
      </KeyFigure>
      <KeyFigure
        name="Average win"
        definition="What a trade that won brought on average, after fees."
        n={figures.wins}
      >
        <Money amount={figures.average_win} currency={currency} />
      </KeyFigure>
      <KeyFigure
        name="Average loss"
        definition="What a trade that lost cost on average, fees included."
        n={figures.losses}
      >
        <Money amount={figures.average_loss} currency={currency} />
      </KeyFigure>
      <KeyFigure
        name="Holding time"
        definition="From a trade's first fill to its last, on average."
        n={figures.trades}
      >
        {figures.holding_seconds === null ? NOTHING : formatDuration(figures.holding_seconds * 1000)}
      </KeyFigure>
    </KeyFigures>
  );
}

/** What had been gained after each day: pixels, not money. */
function courseOf(days: Performance["by_day"], currency: string | null): number[] {
  const gains = days.filter((row) => row.currency === currency).map((row) => row.realized_gain);
  return [0, ...gains.map((_, place) => Number(sumOf(gains.slice(0, place + 1))))];
}

function twoDigits(text: string): string {
  return formatDecimal.format(Number(text));
}

const formatDecimal = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
